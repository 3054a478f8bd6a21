import { Type } from 'typebox';
import { type Arity, defineComponent } from '#kit/define-component.ts';
import { type FailedMessage, input, many, optional, output } from '#kit/ports.ts';
import { fairAlt, never, when } from '#runtime/alt.ts';
import type { Guard, Receiver } from '#runtime/port.ts';

/** A place in the order: results of the copy until it has done all about the message that has this place. */
interface Place {
  readonly copy: number;
  /** Messages of the copy up to this one. */
  readonly number: number;
  readonly held: unknown[];
  done: boolean;
}

/** Results of a message whose turn has not come, before its copy has to wait. */
const mostHeld = 100;

/**
 *  from* ──▶▶─┬─────────┐
 *  failed* ▶▶─┤ collect ├──▶── out
 *  order ──▶──┴─────────┴──▶── err
 * FC1  Without order, results leave as they come, each copy in its turn.
 * FC2  With order, the results of a message leave before those of any message after it, however many they are.
 * FC3  A message whose copy rests (S22) without a result, because it failed or was left out, gives up its place.
 * FC4  Places whose turn has not come are at most twice as many as copies; beyond that no new one is given.
 * FC5  What fails in a copy leaves at `err` as it comes.
 */
export const collect = defineComponent({
  kind: 'control.farm-collect',
  version: 1,
  title: 'Collect',
  icon: 'git-merge',
  summary: 'Gathers the results of the copies of a farm, in the order of the messages or as they come.',
  settings: Type.Object({
    ordered: Type.Boolean({ default: false, description: 'Results leave in the order of the messages.' }),
  }),
  ports: {
    from: many(input(Type.Unknown(), 'One channel for each copy.')),
    failed: many(optional(input(Type.Unknown(), 'What leaves at the err of inner nodes.'))),
    order: optional(input(Type.Integer(), 'Which copy has the next message.')),
    out: output(Type.Unknown(), 'The results.'),
  },
  contract: ({ ordered }, arity) => contractOf(ordered, arity),
  examples: [
    { says: 'As they come.', given: { 'from[0]': [1, 2], 'from[1]': [3] }, gives: { out: [1, 3, 2] } },
    {
      says: 'In order: the copy has had two messages, and made three results of them.',
      settings: { ordered: true },
      given: { 'from[0]': ['a', 'b', 'c'], order: [0, 0] },
      gives: { out: ['a', 'b', 'c'] },
    },
  ],
  *run({ settings, io, growth, copies }) {
    const places = new Places((copies?.most ?? io.from.length) * 2, io.from.length);
    const ended = new Set<Receiver<unknown>>();
    const open = (end: Receiver<unknown>): boolean => !ended.has(end);
    for (;;) {
      for (let result = places.next(); result !== undefined; result = places.next())
        if (!(yield* io.out.send(result.value))) return;
      const ends = [...io.from, ...io.failed, ...(settings.ordered ? [io.order] : [])];
      const order = settings.ordered ? ends.length - 1 : -1;
      if (!ends.some(open)) return;
      const guards = ends.map((end, index) => when(open(end) && (!settings.ordered || places.admit(index, order)), end));
      const { due } = places;
      const rested = due && copies ? copies.rested(due.copy, due.number) : never;
      const event = yield* fairAlt<Guard[]>([...guards, rested, growth?.changed(growth.version) ?? never]);
      const { ended: over, value } = event as { ended?: boolean; value?: unknown };
      if (event.index >= ends.length) {
        if (event.index === ends.length && due !== undefined) due.done = true;
      } else if (over === true) {
        ended.add(ends[event.index] as Receiver<unknown>);
        places.over(event.index);
      } else if (event.index === order) places.open(value);
      else if (event.index < io.from.length) places.keep(event.index, value);
      else yield* io.err.send(value as FailedMessage);
    }
  },
});

/** The places whose results have not all left, the one that is due first. Without order there are none, and results pass through. */
class Places {
  readonly #most: number;
  readonly #line: Place[] = [];
  /** The last place of each copy, and how many it has had. */
  readonly #last: (Place | undefined)[];
  readonly #ended = new Set<number>();
  readonly #passing: unknown[] = [];

  constructor(most: number, copies: number) {
    this.#most = most;
    this.#last = new Array(copies).fill(undefined);
  }

  get due(): Place | undefined {
    return this.#line[0];
  }

  /** The next result that may leave. */
  next(): { readonly value: unknown } | undefined {
    if (this.#passing.length > 0) return { value: this.#passing.shift() };
    for (let due = this.due; due !== undefined; due = this.due) {
      if (due.held.length > 0) return { value: due.held.shift() };
      if (!due.done) return undefined;
      this.#line.shift();
    }
    return undefined;
  }

  /** Whether there is room for what may come at an end: results of a copy, or at `order` one more place. */
  admit(end: number, order: number): boolean {
    if (end === order) return this.#line.length < this.#most;
    const place = this.#last[end];
    return place === undefined || place === this.due || place.held.length < mostHeld;
  }

  /** A message goes to this copy: all about the one it had before is done. */
  open(copy: unknown): void {
    if (typeof copy !== 'number' || !(copy in this.#last)) return;
    this.endOf(copy);
    const place = { copy, number: (this.#last[copy]?.number ?? 0) + 1, held: [], done: this.#ended.has(copy) };
    this.#last[copy] = place;
    this.#line.push(place);
  }

  /** What a copy sends without having been given a message leaves at once. */
  keep(copy: number, result: unknown): void {
    const place = this.#last[copy];
    (place !== undefined && this.#line.includes(place) ? place.held : this.#passing).push(result);
  }

  /** A copy has ended; a place it is still given is given up at once. */
  over(copy: number): void {
    this.#ended.add(copy);
    this.endOf(copy);
  }

  /** Nothing more will come about the last message of this copy. */
  endOf(copy: number): void {
    const place = this.#last[copy];
    if (place !== undefined) place.done = true;
  }
}

// Ends are counted. With order, h says whether something may be held: a held result leaves when its place is due, which is sooner or later.
function contractOf(ordered: boolean, { from = 1, failed = 0 }: Arity): string {
  const total = from + failed + (ordered ? 1 : 0);
  const after = ordered ? 'OPEN(k, 1)' : 'out -> OPEN(k, h)';
  const inputs = [
    `([] i:{0..${from - 1}} @ (from.i -> ${after} [] from.i.end -> OPEN(k + 1, h)))`,
    ...(failed > 0 ? [`([] i:{0..${failed - 1}} @ (failed.i -> err -> OPEN(k, h) [] failed.i.end -> OPEN(k + 1, h)))`] : []),
    ...(ordered ? ['order -> OPEN(k, h)', 'order.end -> OPEN(k + 1, h)'] : []),
  ].join(' [] ');
  const leave = 'out -> (OPEN(k, 1) |~| OPEN(k, 0))';
  return `
    COLLECT = OPEN(0, 0)
    OPEN(k, h) = if h == 0 then (if k == ${total} then SKIP else (${inputs}))
                 else (if k == ${total} then ${leave} else (((${inputs}) |~| STOP) [] ${leave}))
  `;
}
