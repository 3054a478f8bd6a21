import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareCheck, searchDeadlock } from '#contract/check/check.ts';
import { catalog, designOf, randomShape } from '#host/testing/random-designs.ts';
import { manualTools } from '#kit/testing.ts';
import type { DesignBody } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import { wire } from './wire.ts';

/**
 * The one claim that counts most: what the check proves does not happen in a run. Random designs of real components, loops
 * among them, are checked and run.
 */

/** Runs until it has ended, nobody can go on, or so many messages have passed. */
async function run(design: DesignBody): Promise<'ended' | 'stuck' | 'going on'> {
  const tools = manualTools();
  const network = wire({ design, catalog, tools: () => tools, defer: (turn) => void setImmediate(turn) });
  const passed = (): number => network.channels().reduce((sum, { received, dropped }) => sum + received + dropped, 0);
  network.start();
  let stuck = false;
  while (network.state === 'running' && !stuck && passed() < 2_000) {
    await new Promise((resolve) => setImmediate(resolve));
    stuck = network.stuck !== undefined;
    if (network.state === 'running' && !stuck && network.processes().every(({ state }) => state !== 'running'))
      tools.clock.advanceToNext();
  }
  const ended = network.state === 'completed';
  if (network.state === 'failed') throw new Error(JSON.stringify(await network.outcome));
  await network.stop();
  return stuck ? 'stuck' : ended ? 'ended' : 'going on';
}

describe('a proof holds in a run', () => {
  it('[K13] what is proved free of deadlock never gets stuck', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(randomShape, async (chosen) => {
        const design = designOf(chosen);
        const { verdict } = searchDeadlock(prepareCheck(design, catalog.component), { maxStates: 20_000, maxMs: 60_000 });
        const outcome = await run(design);
        seen.set(`${verdict}, ${outcome}`, (seen.get(`${verdict}, ${outcome}`) ?? 0) + 1);
        if (outcome === 'stuck' && verdict === 'proved') throw new Error(`proved, and stuck:\n${writeDesignText(design)}`);
      }),
      { numRuns: 200 },
    );
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['proved, ended', 'refuted, stuck']));
  }, 240_000);
});
