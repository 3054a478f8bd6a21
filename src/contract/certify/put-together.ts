import { Fault, type Plain, TooMuch } from './plain.ts';
import { fieldOf, hasField, listOf, numbersOf } from './read.ts';

/** Some parts together. Moves by events that parts outside share have the event; what happens inside is -1. */
interface Together {
  readonly parts: ReadonlySet<number>;
  readonly moves: readonly (readonly Move[])[];
  /** Events that parts outside share. */
  readonly shared: ReadonlySet<number>;
  readonly ended: readonly boolean[];
  readonly cut: readonly boolean[];
}

interface Move {
  readonly event: number;
  readonly to: number;
}

const inside = -1;
/** As far as memory goes. */
const [bytesOfState, bytesOfMove] = [200, 40];

/**
 * V79  Puts the parts together again in the same order. At each step all states are made anew, what nobody outside takes part in is hidden, and the classes are checked to be a
 *      divergence-preserving branching bisimulation; the next step goes on with them. At the end every state can go on by itself, or has ended.
 */
export function recheckTogether(plain: Plain, never: ReadonlySet<number>, data: unknown): void {
  const partitions = listOf(fieldOf(data, 'partitions'));
  const steps: Together[] = [];
  const classesOf = (number: number | undefined): readonly number[] => {
    const partition = partitions[number ?? -1];
    if (hasField(partition, 'states')) throw new TooMuch('there were too many states to list what was taken as one');
    return numbersOf(partition);
  };
  const earlier = (number: number | undefined): Together => {
    const found = steps[number ?? -1];
    if (found === undefined) throw new Fault('a step speaks of one that does not come before it');
    return found;
  };
  for (const step of listOf(fieldOf(data, 'steps'))) {
    const numbers = numbersOf(step);
    const [first, second, third] = numbers;
    const [states, names] =
      numbers.length === 2 ? ofPart(plain, never, first ?? -1) : ofTwo(plain, earlier(first), earlier(second));
    const width = numbers.length === 2 ? 1 : 2;
    steps.push(merged(plain, states, classesFor(names, classesOf(numbers.length === 2 ? second : third), width)));
  }
  const last = steps.at(-1);
  if (last === undefined) throw new Fault('there is no step');
  checkEnd(last, last.parts.size === plain.system.parts.length);
}

function checkEnd({ moves, ended, cut }: Together, isWhole: boolean): void {
  for (const [state, list] of moves.entries()) {
    if (cut[state]) throw new Fault('a part can say less than the truth');
    if (!list.some(({ event }) => event === inside) && !(isWhole && ended[state]))
      throw new Fault('the last step has a state that may be stuck');
  }
}

/** States with the names they have in a partition. */
type Named = readonly [Together, readonly string[]];

function ofPart(plain: Plain, never: ReadonlySet<number>, part: number): Named {
  const names = new Map([['0', 0]]);
  const own = plain.system.parts[part];
  if (own === undefined) throw new Fault(`there is no part ${part}`);
  const moves: Move[][] = [];
  for (const name of names.keys()) {
    const state = Number(name);
    moves.push(
      [...plain.offers(part, state)].flatMap(([event, targets]) => {
        if (never.has(event)) return [];
        return targets.map((to) => ({
          event: plain.makers(event).length === 1 ? inside : event,
          to: numberIn(names, String(to)),
        }));
      }),
    );
  }
  const states = [...names.keys()].map(Number);
  const shared = new Set(plain.eventsOf(part).filter((event) => !never.has(event) && plain.makers(event).length > 1));
  plain.spend(states.length);
  return [
    {
      parts: new Set([part]),
      moves,
      shared,
      ended: states.map((state) => !plain.isProcess(part) || plain.isFinal(part, state)),
      cut: states.map((state) => plain.isCut(part, state)),
    },
    [...names.keys()],
  ];
}

function ofTwo(plain: Plain, left: Together, right: Together): Named {
  if (!left.parts.isDisjointFrom(right.parts)) throw new Fault('a part is put together twice');
  const parts = left.parts.union(right.parts);
  const both = left.shared.intersection(right.shared);
  const isInside = (event: number): boolean => event === inside || plain.makers(event).every((part) => parts.has(part));
  const names = new Map([['0 0', 0]]);
  const moves: Move[][] = [];
  for (const name of names.keys()) {
    const [a = 0, b = 0] = name.split(' ').map(Number);
    const found: Move[] = [];
    const add = (event: number, x: number, y: number): void => {
      found.push({ event: isInside(event) ? inside : event, to: numberIn(names, `${x} ${y}`) });
    };
    for (const { event, to } of left.moves[a] ?? []) {
      if (!both.has(event)) add(event, to, b);
      else for (const other of right.moves[b] ?? []) if (other.event === event) add(event, to, other.to);
    }
    for (const { event, to } of right.moves[b] ?? []) if (!both.has(event)) add(event, a, to);
    plain.spend(1 + found.length);
    plain.meter.keep(bytesOfState + bytesOfMove * found.length);
    moves.push(found);
  }
  const states = [...names.keys()].map((name) => name.split(' ').map(Number));
  const shared = new Set([...left.shared.union(right.shared)].filter((event) => !isInside(event)));
  return [
    {
      parts,
      moves,
      shared,
      ended: states.map(([a = 0, b = 0]) => left.ended[a] === true && right.ended[b] === true),
      cut: states.map(([a = 0, b = 0]) => left.cut[a] === true || right.cut[b] === true),
    },
    [...names.keys()],
  ];
}

function numberIn(names: Map<string, number>, name: string): number {
  const number = names.get(name) ?? names.size;
  names.set(name, number);
  return number;
}

// A partition lists the name of each state and its class.
function classesFor(names: readonly string[], list: readonly number[], width: number): number[] {
  const classes = new Map<string, number>();
  for (let at = 0; at < list.length; at += width + 1) {
    const name = list.slice(at, at + width).join(' ');
    if (classes.has(name)) throw new Fault('a partition lists a state twice');
    classes.set(name, list[at + width] ?? -1);
  }
  if (classes.size !== names.length) throw new Fault(`there are ${names.length} states, and ${classes.size} are listed`);
  return names.map((name) => {
    const found = classes.get(name);
    if (found === undefined || found < 0 || found >= names.length) throw new Fault(`state ${name} has no class`);
    return found;
  });
}

/** The classes as states, once it is sure that nobody can tell the states of a class apart. */
function merged(plain: Plain, whole: Together, classes: readonly number[]): Together {
  if (classes[0] !== 0) throw new Fault('the start is not in class 0');
  const does = classes.map((_, state) => whatItDoes(plain, whole, classes, state));
  const of = new Map<number, Does>();
  for (const [state, found] of classes.entries()) {
    const known = of.get(found) ?? (does[state] as Does);
    if (known.text !== does[state]?.text) throw new Fault('a class has states that are not alike');
    of.set(found, known);
  }
  const numbers = [...Array(Math.max(...classes) + 1).keys()];
  const doesOf = (number: number): Does => {
    const found = of.get(number);
    if (found === undefined) throw new Fault(`class ${number} has no state`);
    return found;
  };
  return {
    parts: whole.parts,
    shared: whole.shared,
    moves: numbers.map((number) => doesOf(number).moves),
    ended: numbers.map((number) => doesOf(number).ended),
    cut: numbers.map((number) => doesOf(number).cut),
  };
}

interface Does {
  readonly text: string;
  readonly moves: readonly Move[];
  readonly ended: boolean;
  readonly cut: boolean;
}

// What a state can do after moves inside within its class. To have ended counts where nothing happens inside.
function whatItDoes(plain: Plain, { moves, ended, cut }: Together, classes: readonly number[], state: number): Does {
  const isQuiet = ({ event, to }: Move): boolean => event === inside && classes[to] === classes[state];
  const met = new Set([state]);
  for (const at of met) for (const move of moves[at] ?? []) if (isQuiet(move)) met.add(move.to);
  plain.spend(met.size);
  const found = new Map<string, Move>();
  for (const at of met)
    for (const move of moves[at] ?? []) {
      const to = classes[move.to] ?? 0;
      if (!isQuiet(move)) found.set(`${move.event}>${to}`, { event: move.event, to });
    }
  const waits = (at: number): boolean => (moves[at] ?? []).every(({ event }) => event !== inside);
  const does = {
    ended: [...met].some((at) => ended[at] === true && waits(at)),
    cut: [...met].some((at) => cut[at] === true),
  };
  // A way inside the class that comes back to where it was.
  if ([...met].some((at) => comesBack(plain, moves, isQuiet, at)))
    found.set('for ever', { event: inside, to: classes[state] ?? 0 });
  return { text: `${[...found.keys()].sort().join()} ${does.ended} ${does.cut}`, moves: [...found.values()], ...does };
}

function comesBack(plain: Plain, moves: readonly (readonly Move[])[], isQuiet: (move: Move) => boolean, start: number): boolean {
  const met = new Set((moves[start] ?? []).filter(isQuiet).map(({ to }) => to));
  for (const at of met) for (const move of moves[at] ?? []) if (isQuiet(move)) met.add(move.to);
  plain.spend(met.size);
  return met.has(start);
}
