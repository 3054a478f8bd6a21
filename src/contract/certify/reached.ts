import { Fault, type Plain, type Whole } from './plain.ts';

/** A code unit holds so many numbers. */
const unit = 65_536;
const partsAtOnce = 4_096;
/** Of a state, besides its text, and of a step: as far as memory goes. */
const [bytesOfState, bytesOfStep] = [100, 16];

/** States of the whole, numbered in the order in which they come. Each is kept as a short text; texts are in the order of the states, compared part by part. */
export class Reached {
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #wide: boolean;
  readonly #parts: number;
  readonly #meter: Plain['meter'];

  /** The start alone. */
  constructor({ system, meter }: Plain) {
    this.#meter = meter;
    this.#wide = system.shapes.some(({ final }) => final.length > unit);
    this.#parts = system.parts.length;
    this.add(system.parts.map(() => 0));
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The number of a state, which it gets here if it is new. */
  add(state: Whole): number {
    const text = this.#textOf(state);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#meter.keep(text.length + bytesOfState);
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  stateOf(number: number): Whole {
    return Array.from({ length: this.#parts }, (_, part) => this.localOf(number, part));
  }

  /** The state of one part. */
  localOf(number: number, part: number): number {
    const text = this.#texts[number] ?? '';
    return this.#wide ? unit * text.charCodeAt(2 * part) + text.charCodeAt(2 * part + 1) : text.charCodeAt(part);
  }

  /** Per state, its place when all are put in order: by the state of the first part, then of the second, and so on. */
  places(): number[] {
    const order = [...this.#texts.keys()].sort((a, b) => ((this.#texts[a] ?? '') < (this.#texts[b] ?? '') ? -1 : 1));
    const places: number[] = order.map(() => 0);
    for (const [place, state] of order.entries()) places[state] = place;
    return places;
  }

  #textOf(state: Whole): string {
    let text = '';
    for (let from = 0; from < state.length; from += partsAtOnce) {
      const some = state.slice(from, from + partsAtOnce);
      text += String.fromCharCode(...(this.#wide ? some.flatMap((at) => [Math.floor(at / unit), at % unit]) : some));
    }
    return text;
  }
}

/** All reachable states and what leads from one to another: the steps of state `s` are numbers `first[s]` to `first[s+1]`, exclusive. */
export interface Graph {
  readonly reached: Reached;
  readonly first: readonly number[];
  readonly events: readonly number[];
  readonly targets: readonly number[];
}

/** How many states there are said to be, and steps: so that what is too much is not begun. */
export interface Size {
  readonly states: number;
  readonly transitions: number;
}

/** V72  Looks at every reachable state. Throws a Fault where a part of one says less than the truth. */
export function wholeGraph(plain: Plain, { states, transitions }: Size): Graph {
  plain.meter.expect((states + transitions) * plain.system.parts.length);
  const reached = new Reached(plain);
  const [first, events, targets]: [number[], number[], number[]] = [[0], [], []];
  for (let number = 0; number < reached.size; number++) {
    const state = reached.stateOf(number);
    if (state.some((at, part) => plain.isCut(part, at))) throw new Fault('a part can say less than the truth');
    for (const { event, to } of plain.steps(state)) {
      plain.meter.keep(bytesOfStep);
      events.push(event);
      targets.push(reached.add(to));
    }
    first.push(events.length);
  }
  return { reached, first, events, targets };
}
