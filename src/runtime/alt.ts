import type { Cancel, Clock } from '#base/clock.ts';
import { Alternation, type Branch, endBusy, type OfferingSender } from './alternation.ts';
import type { Guard, Operation, Sender } from './port.ts';
import { ripe, type Strand, type Waiting } from './processes/strand.ts';

type NamedGuards = Readonly<Record<string, Guard>>;
type ListedGuards = readonly Guard[];

type Position<K> = K extends `${infer N extends number}` ? N : number;

/** What an alternation gives: which guard was chosen (`tag`, or `index` in a list), together with what that guard gives. */
export type Chosen<R extends NamedGuards | ListedGuards> = R extends ListedGuards
  ? {
      [K in keyof R]: R[K] extends Guard<infer G> ? (G extends never ? never : { readonly index: Position<K> } & G) : never;
    }[number]
  : { [K in keyof R & string]: R[K] extends Guard<infer G> ? { readonly tag: K } & G : never }[keyof R & string];

/**
 * Waits until one of the guards is ready and takes the first ready one, in the order they are written.
 *
 * ```ts
 * const event = yield* priAlt({ due: after(clock, 1_000), item: io.in });
 * if (event.tag === 'item' && !event.ended) use(event.value);
 * ```
 *
 * Rules A1…A8 in `docs/spec/alternation.md`. Tags made of digits alone would be reordered by the language: use a list for those.
 */
export function priAlt<const R extends NamedGuards | ListedGuards>(guards: R): Operation<Chosen<R>> {
  return alternate(guards, false) as Operation<Chosen<R>>;
}

/** The same, but of several ready guards the one that was chosen longest ago is taken: no ready guard starves (A5). */
export function fairAlt<const R extends NamedGuards | ListedGuards>(guards: R): Operation<Chosen<R>> {
  return alternate(guards, true) as Operation<Chosen<R>>;
}

function alternate(guards: NamedGuards | ListedGuards, fair: boolean): Operation<unknown> {
  return isList(guards)
    ? new Alternation(guards as readonly Branch[], undefined, fair)
    : new Alternation(Object.values(guards) as Branch[], Object.keys(guards), fair);
}

function isList(guards: NamedGuards | ListedGuards): guards is ListedGuards {
  return Array.isArray(guards);
}

const nothing = Object.freeze({});

/** A moment of a clock. */
class After implements Branch<unknown> {
  declare readonly guards: unknown;
  readonly turn = undefined;
  readonly #clock: Clock;
  readonly #dueMs: number;
  #timer: { readonly cancel: Cancel; readonly strand: Strand } | undefined;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#dueMs = clock.now() + Math.max(0, ms);
  }

  ready(): boolean {
    return this.#clock.now() >= this.#dueMs;
  }

  take(): unknown {
    return nothing;
  }

  enable(alternation: Alternation, index: number): void {
    if (this.#timer !== undefined) throw endBusy();
    const { strand } = alternation;
    const fire = (): void => {
      this.#timer = undefined;
      strand.runner.outside--;
      alternation.choose(index, nothing, ripe);
    };
    strand.runner.outside++;
    this.#timer = { strand, cancel: this.#clock.after(this.#dueMs - this.#clock.now(), fire) };
  }

  disable(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer.strand.runner.outside--;
    this.#timer = undefined;
  }

  describe(into: Waiting): void {
    into.ports.push('clock');
  }
}

/** Ready `ms` milliseconds after this call; the same guard may be used in several alternations and keeps its moment (A6). */
export function after(clock: Clock, ms: number): Guard<unknown> {
  return new After(clock, ms);
}

class Constant implements Branch<never> {
  declare readonly guards: never;
  readonly turn = undefined;
  readonly #ready: boolean;

  constructor(ready: boolean) {
    this.#ready = ready;
  }

  ready(): boolean {
    return this.#ready;
  }

  take(): never {
    return nothing as never;
  }

  enable(): void {}
  disable(): void {}
  describe(): void {}
}

/** Never ready: a branch that is switched off. */
export const never: Guard<never> = new Constant(false);

/** Always ready: last in a priAlt, it makes the alternation a look that does not wait. */
export const always: Guard<unknown> = new Constant(true);

/** The guard while the condition holds, otherwise `never`. */
export function when<G>(condition: boolean, guard: Guard<G>): Guard<G> {
  return condition ? guard : never;
}

/**
 * An output guard: chosen when the message can be sent at once, and then sends it. Gives `sent` as `send` does (A7).
 * Works with the ends that the runtime hands out.
 */
export function offering<T>(sender: Sender<T>, value: T): Guard<{ readonly sent: boolean }> {
  return (sender as OfferingSender<T>).offering(value);
}
