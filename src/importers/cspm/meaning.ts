import type { Place } from '#contract/term.ts';
import type { Allowance } from './allowance.ts';
import type { Channels } from './channels.ts';
import type { Processes } from './process.ts';
import type { Expr, Statement } from './tree.ts';
import type { Env, EventSet, Kind, Process, Value } from './value.ts';

/** What those who make processes and call functions need of the evaluator. */
export interface Meaning {
  readonly processes: Processes;
  readonly channels: Channels;
  readonly allowance: Allowance;
  readonly isConstant: (name: string) => boolean;
  value(expr: Expr, env: Env): Value;
  process(expr: Expr, env: Env): Process;
  /** The value as one of this kind, or a fault. */
  as<K extends Kind>(kind: K, value: Value, place: Place): Extract<Value, { is: K }>;
  eventSet(value: Value, place: Place): EventSet;
  envKey(expr: Expr, env: Env): string;
  ways(statements: readonly Statement[], env: Env): readonly Env[];
}
