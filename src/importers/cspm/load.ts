import type { Budget } from '#contract/check/engine.ts';
import type { Lts } from '#contract/lts.ts';
import type { ContractFault, Place } from '#contract/term.ts';
import { Allowance } from './allowance.ts';
import { builtIns } from './built-ins.ts';
import { Evaluator } from './evaluator.ts';
import { explore } from './explore.ts';
import { OutOfBudget, ScriptFault } from './fault.ts';
import { FreeNames } from './free-names.ts';
import { networkOf, type ScriptNetwork } from './network.ts';
import { parseScript } from './parse.ts';
import { Steps } from './steps.ts';
import type { Assertion, Claim, Expr, Script } from './tree.ts';
import type { Process } from './value.ts';

/** A script that has been read, ready to be asked. What its methods throw is ScriptFault, OutOfBudget, or RangeError where it is nested too deep. */
export interface LoadedScript {
  readonly assertions: readonly Assertion[];
  readonly allowance: Allowance;
  /** V104, V108  Gives the next assertion the whole budget; what was worked out stays, unless it takes too much of it. */
  restart(): void;
  /** A process as a system for the engines. */
  network(process: Expr): ScriptNetwork;
  /** A process as one transition system, every state as the rules give it. */
  lts(process: Expr): Lts;
  truth(condition: Expr): boolean;
}

export type Loaded = { readonly ok: true; readonly script: LoadedScript } | { readonly ok: false; readonly fault: ContractFault };

/** States of one process that is taken as one transition system. */
const greatestPart = 200_000;

/** V100  Reads a script and the types of its channels. Total: any text gives a script or a fault. */
export function loadScript(text: string, budget: Budget): Loaded {
  try {
    const script = parseScript(text);
    checkNames(script);
    const allowance = new Allowance(budget);
    let evaluator = new Evaluator(script, allowance);
    let steps = new Steps(evaluator, (process) => evaluator.branches(process));
    const one = (process: Process): Lts =>
      explore(process, steps, evaluator.processes.skip, Math.max(1, Math.min(allowance.maxStates, greatestPart)), allowance);
    const asked: LoadedScript = {
      assertions: script.assertions,
      allowance,
      restart: () => {
        allowance.restart();
        if (!allowance.isHalfFull) return;
        allowance.forget();
        evaluator = new Evaluator(script, allowance);
        const fresh = evaluator;
        steps = new Steps(fresh, (process) => fresh.branches(process));
      },
      network: (expr) =>
        networkOf(evaluator.process(expr, undefined), one, (process) => evaluator.processes.nameOf(process), allowance),
      lts: (expr) => one(evaluator.process(expr, undefined)),
      truth: (expr) => evaluator.as('truth', evaluator.value(expr, undefined), expr.place).value,
    };
    return { ok: true, script: asked };
  } catch (thrown) {
    if (thrown instanceof ScriptFault) return { ok: false, fault: thrown.fault };
    if (thrown instanceof OutOfBudget) return { ok: false, fault: { message: thrown.message } };
    if (thrown instanceof RangeError) return { ok: false, fault: { message: 'it is nested too deep to be worked out' } };
    throw thrown;
  }
}

/** Every name means something, also where nothing is asked about it. */
function checkNames({ channels, datatypes, definitions, transparent, assertions }: Script): void {
  const free = new FreeNames();
  const known = new Set([
    ...channels.map(({ name }) => name),
    ...datatypes.flatMap(({ name, constructors }) => [name, ...constructors.map((one) => one.name)]),
    ...definitions.map(({ name }) => name),
    ...transparent,
    ...builtIns.keys(),
  ]);
  const check = (names: readonly string[], where: string, place: Place): void => {
    const name = names.find((one) => !known.has(one));
    if (name !== undefined) throw new ScriptFault(`${where} uses ${name}, which is neither defined nor declared`, place);
  };
  for (const definition of definitions) check(free.definition(definition), definition.name, definition.place);
  for (const { name, type, place } of channels) if (type !== undefined) check(free.of(type), name, place);
  for (const { claim, place } of assertions) for (const expr of partsOf(claim)) check(free.of(expr), 'this assertion', place);
}

function partsOf(claim: Claim): readonly Expr[] {
  if (claim.is === 'truth') return [claim.condition];
  return claim.is === 'refines' ? [claim.spec, claim.process] : [claim.process];
}
