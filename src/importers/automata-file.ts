import type { Automaton } from '#contract/automata.ts';

/**
 * V81  Reads a file of synchronised automata: what JSON made of its text. Total: any value gives automata or the first fault in it. A property there is no
 *      meaning for is a fault too, since a misspelt `final` would change the verdict.
 */
export function readAutomata(file: unknown): ReadAutomata {
  try {
    return { ok: true, automata: new Reader().file(file) };
  } catch (thrown) {
    if (thrown instanceof Fault) return { ok: false, fault: { message: thrown.message, pointer: thrown.pointer } };
    throw thrown;
  }
}

export type ReadAutomata =
  | { readonly ok: true; readonly automata: readonly Automaton[] }
  | { readonly ok: false; readonly fault: { readonly message: string; readonly pointer: string } };

/** V82  The most a file may hold: ten times what any engine finishes with, and still read in a second or two. */
export const automataLimits = { components: 100_000, states: 4_000_000, transitions: 2_000_000, nameLength: 1_000 } as const;

class Fault extends Error {
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(message);
    this.pointer = pointer;
  }
}

type Json = Readonly<Record<string, unknown>>;

const ofFile = new Set(['components', 'final', 'name', 'description', 'source']);
const ofComponent = new Set(['name', 'initial', 'states', 'transitions', 'alphabet', 'final', 'description']);

class Reader {
  #states = 0;
  #transitions = 0;
  #alphabets = 0;
  // Equal names are made one string: a million transitions have few different events.
  readonly #words = new Map<string, string>();

  file(file: unknown): readonly Automaton[] {
    const { components, final } = objectAt('', file, 'the file', ofFile);
    const list = listAt('/components', components);
    if (list.length === 0) throw new Fault('/components', 'there is no component');
    atMost('/components', list.length, automataLimits.components, 'components');
    const automata = list.map((component, at) => this.#component(`/components/${at}`, component));
    const places = placesOf(automata);
    return final === undefined ? automata : withFinals(automata, places, final);
  }

  #component(at: string, component: unknown): Automaton {
    const read = objectAt(at, component, 'a component', ofComponent);
    const name = this.#name(`${at}/name`, read['name']);
    const states = wholeAt(`${at}/states`, read['states'], 1);
    this.#states += states;
    atMost(`${at}/states`, this.#states, automataLimits.states, 'states in all components');
    const initial = read['initial'] === undefined ? 0 : stateAt(`${at}/initial`, read['initial'], states);
    const { alphabet, final } = read;
    return {
      name,
      initial,
      states,
      transitions: this.#moves(`${at}/transitions`, read['transitions'], states),
      ...(alphabet !== undefined && { alphabet: this.#alphabet(`${at}/alphabet`, alphabet) }),
      ...(final !== undefined && { final: finalsAt(`${at}/final`, final, states) }),
    };
  }

  #moves(at: string, value: unknown, states: number): Automaton['transitions'] {
    const list = listAt(at, value);
    this.#transitions += list.length;
    atMost(at, this.#transitions, automataLimits.transitions, 'transitions in all components');
    return list.map((move, number) => {
      const here = `${at}/${number}`;
      if (!Array.isArray(move) || move.length !== 3) throw new Fault(here, 'a transition is [from, "event", to]');
      const from = stateAt(`${here}/0`, move[0], states);
      const event = this.#name(`${here}/1`, move[1]);
      return [from, event, stateAt(`${here}/2`, move[2], states)] as const;
    });
  }

  #alphabet(at: string, value: unknown): readonly string[] {
    const list = listAt(at, value);
    this.#alphabets += list.length;
    atMost(at, this.#alphabets, automataLimits.transitions, 'events in all alphabets');
    return list.map((event, number) => this.#name(`${at}/${number}`, event));
  }

  #name(at: string, value: unknown): string {
    const known = this.#words.get(value as string);
    if (known !== undefined) return known;
    if (typeof value !== 'string') throw new Fault(at, `a name is a text, not ${told(value)}`);
    if (value === '' || value.length > automataLimits.nameLength)
      throw new Fault(at, `a name has 1 to ${automataLimits.nameLength} characters, not ${value.length}`);
    if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)) throw new Fault(at, 'a name holds no control characters');
    this.#words.set(value, value);
    return value;
  }
}

function placesOf(automata: readonly Automaton[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [at, { name }] of automata.entries()) {
    const before = places.get(name);
    if (before !== undefined) throw new Fault(`/components/${at}/name`, `component ${before} is called ${name} too`);
    places.set(name, at);
  }
  return places;
}

// V83: by place, or by name; a component says its final states once.
function withFinals(automata: readonly Automaton[], places: ReadonlyMap<string, number>, final: unknown): readonly Automaton[] {
  const given = new Map<number, readonly number[]>();
  const give = (pointer: string, at: number, value: unknown): void => {
    const { name, states, final: own } = automata[at] as Automaton;
    if (own !== undefined) throw new Fault(pointer, `${name} has its final states at /components/${at}/final already`);
    given.set(at, finalsAt(pointer, value, states));
  };
  if (Array.isArray(final)) {
    if (final.length !== automata.length)
      throw new Fault('/final', `one entry a component: ${automata.length}, not ${final.length}`);
    for (const [at, value] of final.entries()) give(`/final/${at}`, at, value);
  } else {
    for (const [name, value] of Object.entries(objectAt('/final', final, 'final'))) {
      const pointer = `/final/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const at = places.get(name);
      if (at === undefined) throw new Fault(pointer, 'there is no component of this name');
      give(pointer, at, value);
    }
  }
  return automata.map((automaton, at) => ({ ...automaton, ...(given.has(at) && { final: given.get(at) ?? [] }) }));
}

function objectAt(at: string, value: unknown, what: string, known?: ReadonlySet<string>): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Fault(at, `${what} is an object, not ${told(value)}`);
  const strange = known && Object.keys(value).find((key) => !known.has(key) && !key.startsWith('$'));
  if (strange !== undefined) throw new Fault(at, `${JSON.stringify(strange.slice(0, 50))} means nothing in ${what}`);
  return value as Json;
}

function listAt(at: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Fault(at, `this is a list, not ${told(value)}`);
}

function wholeAt(at: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw new Fault(at, `this is a whole number of at least ${least}, not ${told(value)}`);
}

function stateAt(at: string, value: unknown, states: number): number {
  const state = wholeAt(at, value, 0);
  if (state < states) return state;
  throw new Fault(at, `there is no state ${state}: they are 0 to ${states - 1}`);
}

// A single state stands for a list of one.
function finalsAt(at: string, value: unknown, states: number): readonly number[] {
  if (!Array.isArray(value)) return [stateAt(at, value, states)];
  atMost(at, value.length, states, 'states of the component');
  return value.map((state, number) => stateAt(`${at}/${number}`, state, states));
}

function atMost(at: string, count: number, most: number, what: string): void {
  if (count > most)
    throw new Fault(at, `at most ${most.toLocaleString('en')} ${what}, and here they are ${count.toLocaleString('en')}`);
}

function told(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'object'
    ? value === null
      ? 'null'
      : Array.isArray(value)
        ? 'a list'
        : 'an object'
    : JSON.stringify(value).slice(0, 40);
}
