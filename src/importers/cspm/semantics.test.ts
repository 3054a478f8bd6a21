import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { usualBudget } from '#contract/check/engine.ts';
import { climb } from '#contract/check/ladder.ts';
import { explicit, labelledOf } from '#contract/check/refine/explicit.ts';
import { models } from '#contract/check/refine/refinement.ts';
import { refines } from '#contract/check/refine/refines.ts';
import { explore } from '#contract/compile.ts';
import type { Lts } from '#contract/lts.ts';
import { printExpr, printHead, printTerm, type Spelling } from '#contract/print.ts';
import type { Contract } from '#contract/term.ts';
import { contract } from '#contract/testing/terms.ts';
import { type LoadedScript, loadScript } from './load.ts';
import type { ScriptNetwork } from './network.ts';
import { randomScript } from './testing/random-script.ts';

const runs = { numRuns: 300, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
// Large ones are left out: small ones show the same.
const small = { ...usualBudget, maxStates: 300 };
const budget = { ...usualBudget, maxStates: 20_000 };

/** What is asked of the process that the last assertion of a text is about; undefined where it is too large or means nothing. */
function asked<T>(text: string, ask: (script: LoadedScript, process: Parameters<LoadedScript['lts']>[0]) => T): T | undefined {
  const loaded = loadScript(text, small);
  if (!loaded.ok) throw new Error(`${JSON.stringify(loaded.fault)}\n${text}`);
  const claim = loaded.script.assertions.at(-1)?.claim;
  if (claim?.is !== 'deadlock free') throw new Error(text);
  try {
    return ask(loaded.script, claim.process);
  } catch (thrown) {
    if (/states|before it has communicated|is not of the type/.test(String(thrown))) return undefined;
    throw thrown;
  }
}

/** SYSTEM as one transition system by the rules of each operator, and taken apart. */
function bothOf(text: string): { readonly lts: Lts; readonly network: ScriptNetwork } | undefined {
  return asked(`${text}assert SYSTEM :[deadlock free [F]]\n`, (script, process) => ({
    lts: script.lts(process),
    network: script.network(process),
  }));
}

describe('a process taken apart into leaves and rules', () => {
  test('[V102] [V103] refines the one transition system that the rules of the operators give, and is refined by it, in every model', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomScript, (text) => {
        const both = bothOf(text);
        const apart = both && explicit(both.network, { ...budget, maxStates: 500 });
        if (both === undefined || apart?.ok !== true) return;
        const verdicts = models.flatMap((model) => [
          refines(both.lts, both.network, { model }, budget).verdict,
          refines(apart.lts, labelledOf(both.lts), { model }, budget).verdict,
        ]);
        expect(verdicts).not.toContain('refuted');
        if (verdicts.includes('unknown')) return;
        compared++;
      }),
      runs,
    );
    expect(compared).toBeGreaterThan(30);
  }, 60_000);

  test('[V103] can deadlock exactly where the one transition system has a dead state', () => {
    const seen = { proved: 0, refuted: 0 };
    fc.assert(
      fc.property(randomScript, (text) => {
        const both = bothOf(text);
        if (both === undefined) return;
        const dead = both.lts.moves.some((list, state) => list.length === 0 && both.lts.final[state] !== true);
        const { verdict } = climb(both.network.system, budget).outcome;
        if (verdict === 'unknown') return;
        expect(verdict).toBe(dead ? 'refuted' : 'proved');
        seen[verdict]++;
      }),
      runs,
    );
    expect(seen.proved).toBeGreaterThan(4);
    expect(seen.refuted).toBeGreaterThan(4);
  }, 60_000);
});

const spelling: Spelling = {
  event: ({ port, index, suffix = '' }) =>
    index === undefined ? `${port}_${suffix}` : `n_${port}_${suffix}.(${printExpr(index)})`,
  process: (name) => name,
  sync: (events) => `[| {${events.map(spelling.event).join(', ')}} |]`,
};

const channels = ['a', 'b', 'out']
  .flatMap((port) => ['', 'end', 'ask', 'reply', 'quit'].map((suffix) => `${port}_${suffix}`))
  .map((name) => `channel ${name}\nchannel n_${name} : {0..30}\n`)
  .join('');

function scriptOf({ equations }: Contract): string {
  const lines = equations.map((equation) => `${printHead(equation, spelling)} = ${printTerm(equation.body, spelling)}\n`);
  return `${channels}${lines.join('')}assert MAIN :[deadlock free [F]]\n`;
}

/** `out_` → `out`, `n_out_end.3` → `out.3.end`: as contracts write them. */
function asContract(label: string): string {
  const [, port = '', suffix, , index] = /^(?:n_)?(\w+?)_(\w*)(\.(\d+))?$/.exec(label) ?? [];
  return [port, index, suffix].filter((word) => word !== undefined && word !== '').join('.');
}

test('[V102] a contract written as a script means what the contract means', () => {
  let compared = 0;
  fc.assert(
    fc.property(contract, (random) => {
      const explored = explore(random);
      if (!explored.ok) return;
      const lts = asked(scriptOf(random), (script, process) => script.lts(process));
      if (lts === undefined) return;
      const own = { ...lts, labels: lts.labels.map(asContract) };
      expect(refines(own, labelledOf(explored.lts), { model: 'FD' }, budget).verdict).not.toBe('refuted');
      expect(refines(explored.lts, labelledOf(own), { model: 'FD' }, budget).verdict).not.toBe('refuted');
      compared++;
    }),
    { ...runs, numRuns: 1_000 },
  );
  expect(compared).toBeGreaterThan(20);
}, 60_000);
