import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findExamples } from '#app/files/examples.ts';
import { readWithParts } from '#app/files/file-parts.ts';
import { cspmOf } from '#codegen/cspm.ts';
import { cspmRawOf } from '#codegen/cspm-raw.ts';
import { identifiersOf } from '#codegen/identifiers.ts';
import { labelled } from '#codegen/labels.ts';
import { components } from '#components/catalog.ts';
import type { Named } from '#contract/automata.ts';
import { bisimilar } from '#contract/bisimilar.ts';
import { prepareCheck, searchDeadlock } from '#contract/check/check.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { climb } from '#contract/check/ladder.ts';
import { compose, isReady } from '#contract/compose.ts';
import { dining, philosophers } from '#contract/testing/designs.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { wire } from '#contract/wiring.ts';
import { loadCatalog } from '#host/plugins.ts';
import { checkScript } from '#importers/cspm/check-script.ts';
import { loadScript } from '#importers/cspm/load.ts';
import { partsOf } from '#importers/cspm/testing/parts.ts';
import { expandWhole } from '#model/expand.ts';

const runs = { numRuns: 300, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxStates: 20_000 };

describe('a design printed as a script and read again', () => {
  test('[V107] has the verdict of the design', () => {
    const seen = { proved: 0, refuted: 0, unknown: 0 };
    fc.assert(
      fc.property(randomDesign, ({ body, lookup }) => {
        const found = searchDeadlock(prepareCheck(body, lookup), budget);
        if (found.verdict === 'unknown') return;
        const result = checkScript(cspmOf(body, lookup), budget);
        if (!result.ok) throw new Error(JSON.stringify(result.fault));
        seen[result.verdict]++;
        if (result.verdict !== 'unknown') expect(result.verdict).toBe(found.verdict);
      }),
      runs,
    );
    expect(seen.proved).toBeGreaterThan(10);
    expect(seen.refuted).toBeGreaterThan(10);
    expect(seen.unknown).toBeLessThan(30);
  }, 60_000);

  test.for([
    [true, 'proved'],
    [false, 'refuted'],
  ] as const)('[V107] has it for philosophers, with a waiter: %s', ([waiter, verdict]) => {
    expect(checkScript(cspmOf(philosophers(5, waiter), dining), budget)).toMatchObject({ ok: true, verdict });
  });
});

const randomNetwork = randomDesign.map(({ body, lookup }): Named | undefined => {
  const nodes = wire(body, lookup).filter(isReady);
  if (nodes.length !== Object.keys(body.nodes).length) return undefined;
  const network = compose(nodes, false);
  const counted = network.shapes.every(({ cutAt, final }) => cutAt === undefined && final.length < 60);
  const { system, labels } = labelled(network);
  return counted ? { system, labels: identifiersOf(labels) } : undefined;
});

const folder = fileURLToPath(new URL('../../../examples', import.meta.url));
const examples = await findExamples(folder);

describe('an example that is shipped, printed as a script and read again', () => {
  test.for(examples)('[V107] $name has the verdict of the design', async ({ design, components: own }) => {
    const catalog = await loadCatalog(components, own === undefined ? [] : [own]);
    const { flat } = expandWhole(await readWithParts(design, catalog), catalog);
    const { verdict } = searchDeadlock(prepareCheck(flat, catalog.component));
    expect(verdict).toBe('proved');
    expect(checkScript(cspmOf(flat, catalog.component))).toMatchObject({ ok: true, verdict });
  });

  test('[V107] there are philosophers, a farm and the weather', () => {
    expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(['philosophers', 'farm', 'weather']));
  });
});

describe('a system printed as state equations and read again', () => {
  const kinds: readonly (readonly [string, fc.Arbitrary<Named | undefined>])[] = [
    ['random systems', randomSystem],
    ['networks of designs', randomNetwork],
  ];
  for (const [kind, systems] of kinds)
    test(`[V107] has parts that are strongly bisimilar to those of the system, and its verdict: ${kind}`, () => {
      const seen = { proved: 0, refuted: 0, unknown: 0 };
      fc.assert(
        fc.property<[Named | undefined]>(systems, (named) => {
          if (named === undefined) return;
          const text = cspmRawOf(named, 'random');
          const loaded = loadScript(text, budget);
          if (!loaded.ok) throw new Error(`${JSON.stringify(loaded.fault)}\n${text}`);
          const parts = partsOf(named);
          for (const [part, expected] of parts.entries()) {
            const read = loadScript(`${text}assert P(${part}) :[deadlock free [F]]\n`, budget);
            const claim = read.ok ? read.script.assertions.at(-1)?.claim : undefined;
            if (!read.ok || claim?.is !== 'deadlock free') throw new Error(text);
            expect(bisimilar(read.script.lts(claim.process), expected)).toBe(true);
          }
          const result = checkScript(text, budget);
          const { verdict } = climb(named.system, budget).outcome;
          if (!result.ok || verdict === 'unknown') return;
          seen[result.verdict]++;
          expect(result.verdict).toBe(verdict);
        }),
        runs,
      );
      expect(seen.proved).toBeGreaterThan(10);
      expect(seen.refuted).toBeGreaterThan(10);
    }, 60_000);
});
