import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '#base/random.ts';
import { check } from '#contract/check/check.ts';
import { createCatalog } from '#host/catalog.ts';
import { wire } from '#host/sessions/wire.ts';
import { describeComponent } from '#kit/testing/conformance.ts';
import { type ManualTools, manualTools, pause, rig } from '#kit/testing.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText, writeDesignText } from '#model/design-text.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Network } from '#runtime/network.ts';
import { permits } from './components/permits.ts';
import { philosopher } from './components/philosopher.ts';

const catalog = createCatalog([permits, philosopher]);
const text = await readFile(new URL('design.json', import.meta.url), 'utf8');

function design(...edits: Edit[]): DesignBody {
  const read = readDesignText(text, catalog);
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  const applied = applyAll(read.design, edits, catalog);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
}

const withoutWaiter: Edit = { do: 'node.delete', id: 'waiter' };
const philosophers = ['plato', 'hypatia', 'avicenna', 'kant', 'arendt'];

describeComponent(philosopher);
describeComponent(permits);

describe('dining.philosopher', () => {
  it('[PH1] [PH2] asks in order, and gives back in the order taken', async () => {
    const { trace } = await rig(philosopher, { settings: { meals: 2 } }).run();
    const meal = ['seat', 'left', 'right', 'left', 'right', 'seat'];
    expect(trace).toEqual([...meal, ...meal, 'seat.end', 'left.end', 'right.end']);
  });

  it('[PH3] takes no longer than its settings say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const tools = manualTools({ random: randomFrom(seed) });
        const { timesMs } = await rig(philosopher, {
          settings: { meals: 1, thinkMs: 100, reachMs: 50, eatMs: 200 },
          tools,
        }).run();
        const [seatMs = 0] = timesMs['seat'] ?? [];
        const [leftMs = 0, backMs = 0] = timesMs['left'] ?? [];
        const [rightMs = 0] = timesMs['right'] ?? [];
        expect([seatMs <= 100, rightMs - leftMs <= 50, backMs - rightMs <= 200]).toEqual([true, true, true]);
      }),
      { numRuns: 30 },
    );
  });

  it('[PH4] leaves when a fork has gone', async () => {
    const { ended } = await rig(philosopher, { takes: { left: 2 } }).run();
    expect(ended.state).toBe('completed');
  });
});

describe('dining.permits', () => {
  it('[PE2] another that asks waits until one is given back', async () => {
    const given = { 'user[0]': ['take', pause(100), 'give'], 'user[1]': [pause(10), 'take', 'give'] };
    const { trace } = await rig(permits).run(given);
    expect(trace.slice(0, 4)).toEqual(['user.0', 'user.0', 'user.1', 'user.1']);
    const two = await rig(permits, { settings: { permits: 2 } }).run(given);
    expect(two.trace.slice(0, 3)).toEqual(['user.0', 'user.1', 'user.1']);
  });

  it('[PE2] at most so many hold one, whoever asks when', async () => {
    const user = fc.array(fc.oneof(fc.nat(20).map(pause), fc.constant('x')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(user, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4 }), async (users, most) => {
        const given = Object.fromEntries(users.map((messages, index) => [`user[${index}]`, messages]));
        const { trace, ended } = await rig(permits, { settings: { permits: most }, arity: { user: users.length } }).run(given);
        const holding = new Set<string>();
        for (const event of trace) {
          const name = event.replace('.end', '');
          if (event.endsWith('.end') || holding.has(name)) holding.delete(name);
          else holding.add(name);
          expect(holding.size).toBeLessThanOrEqual(most);
        }
        expect(ended.state).toBe('completed');
      }),
      { numRuns: 50 },
    );
  });

  it('[PE3] the one served longest ago is next', async () => {
    const greedy = Array(20).fill('x');
    const { trace } = await rig(permits).run({ 'user[0]': greedy, 'user[1]': ['take', 'give'] });
    expect(trace.indexOf('user.1')).toBeLessThan(5);
  });
});

describe('the design', () => {
  it('is eleven nodes in canonical text', () => {
    expect(Object.keys(design().nodes)).toHaveLength(11);
    expect(writeDesignText(design())).toBe(text);
  });

  it('is proved free of deadlock with the waiter', () => {
    const { verdict, findings } = check(design(), catalog.component);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(verdict).toBe('proved');
  });

  it('is refuted without the waiter: every philosopher holds his left fork and waits for the right', () => {
    const { verdict, findings } = check(design(withoutWaiter), catalog.component);
    expect(verdict).toBe('refuted');
    const [finding] = findings.filter(({ rule }) => rule === 'deadlock');
    expect(finding?.trace?.knot.nodes.toSorted()).toEqual(
      [...philosophers, 'fork-1', 'fork-2', 'fork-3', 'fork-4', 'fork-5'].toSorted(),
    );
    expect(finding?.trace?.steps.flatMap(({ connection }) => connection ?? []).toSorted()).toEqual(
      philosophers.map((id) => `${id}-left`).toSorted(),
    );
  });

  it('is refuted with a waiter who seats all five', () => {
    const all: Edit = { do: 'node.set', id: 'waiter', settings: { permits: 5 } };
    expect(check(design(all), catalog.component).verdict).toBe('refuted');
  });

  it('is proved without a waiter when one philosopher takes the other fork first', () => {
    const swap: Edit[] = [
      withoutWaiter,
      { do: 'disconnect', id: 'plato-left' },
      { do: 'disconnect', id: 'plato-right' },
      {
        do: 'connect',
        connection: { id: 'plato-left', from: { node: 'plato', port: 'left' }, to: { node: 'fork-2', port: 'user', index: 1 } },
      },
      {
        do: 'connect',
        connection: { id: 'plato-right', from: { node: 'plato', port: 'right' }, to: { node: 'fork-1', port: 'user', index: 0 } },
      },
    ];
    expect(check(design(...swap), catalog.component).verdict).toBe('proved');
  });
});

/** Lets a run go on until it is stuck or so many messages have passed. */
async function runFor(body: DesignBody, tools: ManualTools, messages: number): Promise<Network> {
  const network = wire({ design: body, catalog, tools: () => tools, defer: (turn) => void setImmediate(turn) });
  network.start();
  const passed = (): number => network.channels().reduce((sum, { received }) => sum + received, 0);
  while (network.stuck === undefined && passed() < messages) {
    await new Promise((resolve) => setImmediate(resolve));
    if (network.processes().every(({ state }) => state === 'idle')) tools.clock.advanceToNext();
  }
  return network;
}

describe('the run', () => {
  it('gets stuck without the waiter when all reach for their left fork at once', async () => {
    const network = await runFor(design(withoutWaiter), manualTools({ random: () => 0.5 }), 10_000);
    expect(network.stuck?.nodes).toHaveLength(10);
    expect(network.stuck?.connections.filter((id) => id.endsWith('-right'))).toHaveLength(5);
    await network.stop();
  });

  it('gets stuck without the waiter sooner or later, whatever the chances', async () => {
    const network = await runFor(design(withoutWaiter), manualTools({ random: randomFrom(2) }), 10_000);
    expect(network.stuck).toBeDefined();
    await network.stop();
  });

  it.each([1, 2, 3])('never gets stuck with the waiter within 10,000 messages, chances %d', async (seed) => {
    const tools = manualTools({ random: seed === 1 ? () => 0.5 : randomFrom(seed) });
    const network = await runFor(design(), tools, 10_000);
    expect(network.stuck).toBeUndefined();
    await network.stop();
    expect(tools.clock.pending).toBe(0);
  });
});
