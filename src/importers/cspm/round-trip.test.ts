import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cspmOf } from '#codegen/cspm.ts';
import { check } from '#contract/check/check.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { naiveDeadlock } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { checkScript } from './check-script.ts';

const runs = { numRuns: 300, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxStates: 20_000 };

test('[V107] what is printed of a design is read again, and the script has the verdict of the design', () => {
  const seen = { proved: 0, refuted: 0 };
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      const found = check(body, lookup, budget).findings.find(({ rule }) => rule === 'deadlock');
      if (found === undefined || found.verdict === 'unknown') return;
      const script = cspmOf(body, lookup);
      const result = checkScript(script, budget);
      if (!result.ok) throw new Error(`${JSON.stringify(result.fault)}\n${script}`);
      if (result.verdict === 'unknown') {
        if (process.env.DEBUG) console.log(result.answers[0]?.why);
        return;
      }
      if (result.verdict !== found.verdict)
        throw new Error(
          `${found.verdict} ${naiveDeadlock(body, lookup)} but ${result.answers[0]?.verdict} ${result.answers[0]?.trace?.join(' ')}\n${script}`,
        );
      seen[found.verdict]++;
    }),
    runs,
  );
  expect(seen.proved).toBeGreaterThan(50);
  expect(seen.refuted).toBeGreaterThan(50);
}, 60_000);
