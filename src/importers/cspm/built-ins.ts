import type { Place } from '#contract/term.ts';
import { ScriptFault } from './fault.ts';
import type { Meaning } from './meaning.ts';
import type { EventSet, Process } from './value.ts';
import { dotted, listValue, numberValue, setValue, truthValue, type Value, wordValue } from './value.ts';

type Constant = (evaluator: Meaning, place: Place) => Value;
type SetValue = Extract<Value, { is: 'set' }>;
type SequenceValue = Extract<Value, { is: 'sequence' }>;

/** One call: the values, each of the kind that the function takes. */
interface Call {
  readonly evaluator: Meaning;
  readonly args: readonly Value[];
  readonly place: Place;
  set(at: number): SetValue;
  sequence(at: number): SequenceValue;
}

const functions: Readonly<Record<string, { readonly parameters: number; readonly call: (call: Call) => Value }>> = {
  union: { parameters: 2, call: ({ set }) => setValue([...set(0).items, ...set(1).items]) },
  inter: { parameters: 2, call: ({ set }) => setValue(set(0).items.filter(({ key }) => set(1).keys.has(key))) },
  diff: { parameters: 2, call: ({ set }) => setValue(set(0).items.filter(({ key }) => !set(1).keys.has(key))) },
  Union: { parameters: 1, call: (call) => setValue(membersOf(call).flatMap(({ items }) => items)) },
  Inter: {
    parameters: 1,
    call: (call) => {
      const [first, ...rest] = membersOf(call);
      return setValue((first?.items ?? []).filter(({ key }) => rest.every(({ keys }) => keys.has(key))));
    },
  },
  member: { parameters: 2, call: ({ args, set }) => truthValue(set(1).keys.has(args[0]?.key ?? '')) },
  card: { parameters: 1, call: ({ set }) => numberValue(set(0).items.length) },
  empty: { parameters: 1, call: ({ set }) => truthValue(set(0).items.length === 0) },
  seq: { parameters: 1, call: ({ set }) => listValue('sequence', set(0).items) },
  Set: { parameters: 1, call: subsets },
  set: { parameters: 1, call: ({ sequence }) => setValue(sequence(0).items) },
  length: { parameters: 1, call: ({ sequence }) => numberValue(sequence(0).items.length) },
  null: { parameters: 1, call: ({ sequence }) => truthValue(sequence(0).items.length === 0) },
  head: { parameters: 1, call: (call) => nonEmpty(call)[0] as Value },
  tail: { parameters: 1, call: (call) => listValue('sequence', nonEmpty(call).slice(1)) },
  concat: {
    parameters: 1,
    call: ({ evaluator, sequence, place }) =>
      listValue(
        'sequence',
        sequence(0).items.flatMap((one) => evaluator.as('sequence', one, place).items),
      ),
  },
  elem: { parameters: 2, call: ({ args, sequence }) => truthValue(sequence(1).items.some(({ key }) => key === args[0]?.key)) },
  RUN: { parameters: 1, call: (call) => processValue(call.evaluator.processes.run(eventsOf(call))) },
  CHAOS: { parameters: 1, call: (call) => processValue(call.evaluator.processes.chaos(eventsOf(call))) },
  /** What `transparent` names: it changes how a process is held, not what it does. */
  same: { parameters: 1, call: ({ args }) => args[0] as Value },
};

/** What a script can use without defining it. */
export const builtIns: ReadonlyMap<string, Constant | 'function'> = new Map<string, Constant | 'function'>([
  ...Object.keys(functions)
    .filter((name) => name !== 'same')
    .map((name) => [name, 'function'] as const),
  ['STOP', ({ processes }) => processValue(processes.stop)],
  ['SKIP', ({ processes }) => processValue(processes.skip)],
  ['DIV', ({ processes }) => processValue(processes.diverge)],
  ['Bool', () => setValue([truthValue(false), truthValue(true)])],
  ['Events', allEvents],
  [
    'Int',
    (_, place) => {
      throw new ScriptFault('Int has no end: give a range such as {0..7}', place);
    },
  ],
]);

/** Calls a function that is there without a definition. */
export function callBuiltIn(evaluator: Meaning, name: string, args: readonly Value[], place: Place): Value {
  const known = functions[name];
  if (known === undefined) throw new ScriptFault(`there is no definition of ${name}`, place);
  const { parameters, call } = known;
  if (parameters !== args.length) throw new ScriptFault(`${name} has ${parameters} parameters, here are ${args.length}`, place);
  const sizes = args.map((arg) => ('items' in arg ? arg.items.length : 1));
  evaluator.allowance.spend(sizes.reduce((sum, size) => sum + size, 1));
  return call({
    evaluator,
    args,
    place,
    set: (at) => evaluator.as('set', args[at] as Value, place),
    sequence: (at) => evaluator.as('sequence', args[at] as Value, place),
  });
}

function processValue(process: Process): Value {
  return { is: 'process', key: `p${process.id}`, process };
}

function eventsOf({ evaluator, args, place }: Call): EventSet {
  return evaluator.eventSet(args[0] as Value, place);
}

function membersOf({ evaluator, set, place }: Call): readonly SetValue[] {
  return set(0).items.map((one) => evaluator.as('set', one, place));
}

function nonEmpty({ sequence, place }: Call): readonly Value[] {
  const { items } = sequence(0);
  if (items.length === 0) throw new ScriptFault('an empty sequence has neither head nor tail', place);
  return items;
}

const greatestSubsets = 14;

function subsets({ evaluator, set, place }: Call): Value {
  const { items } = set(0);
  if (items.length > greatestSubsets)
    throw new ScriptFault(`Set is for sets of at most ${greatestSubsets} members, this has ${items.length}`, place);
  evaluator.allowance.spend(items.length << items.length);
  const all = Array.from({ length: 1 << items.length }, (_, chosen) => setValue(items.filter((_, bit) => (chosen >> bit) & 1)));
  return setValue(all);
}

function allEvents({ channels, allowance }: Meaning, place: Place): Value {
  const events = [...channels.names()].flatMap((name) => {
    const word = wordValue(name);
    return channels.extensions(word, place).map((more) => dotted([word, ...more]));
  });
  allowance.spend(events.length);
  return setValue(events);
}
