import type { System } from '#contract/network.ts';
import { followed } from './followed.ts';
import { Fault, Plain, type Whole, type Work } from './plain.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/** What is said of a round: that it has no event of progress (1 in the list), or never serves a process that now can go on and now cannot. */
export type RoundClaim = { readonly progress: ArrayLike<number> } | { readonly starves: number };

/**
 * V58  Follows a way and then a round, which must come back to the very state it began in and have no event that the claim rules out. It is fair: each process that makes none of its
 *      events has ended, or can make none, in some state of it.
 */
export function recheckLasso(
  system: System,
  { way, cycle }: { readonly way: readonly number[]; readonly cycle: readonly number[] },
  claim: RoundClaim,
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    if (cycle.length === 0) throw new Fault('the round has no step');
    for (const event of cycle) checkAllowed(plain, event, claim);
    const starts = followed(plain, way);
    if (![...starts.values()].some((start) => new Round(plain, cycle, claim).closes(start)))
      throw new Fault('the round does not come back to where it began, or is not fair');
  });
}

function checkAllowed(plain: Plain, event: number, claim: RoundClaim): void {
  if ('progress' in claim) {
    if (claim.progress[event] === 1) throw new Fault('there is progress on the round');
    return;
  }
  if (!plain.isProcess(claim.starves)) throw new Fault('who is said to be passed over is no process');
  if (plain.makers(event).includes(claim.starves)) throw new Fault('who is said to be passed over takes part');
}

const bytesOfMover = 50;

/** A round, and who on it must be seen unable to move. */
class Round {
  readonly #plain: Plain;
  readonly #cycle: readonly number[];
  readonly #starves: number | undefined;
  readonly #idle: readonly number[];
  readonly #movers = new Map<string, ReadonlySet<number>>();

  constructor(plain: Plain, cycle: readonly number[], claim: RoundClaim) {
    this.#plain = plain;
    this.#cycle = cycle;
    this.#starves = 'starves' in claim ? claim.starves : undefined;
    const busy = new Set(cycle.flatMap((event) => plain.makers(event)));
    this.#idle = plain.system.parts.flatMap((_, part) => (plain.isProcess(part) && !busy.has(part) ? [part] : []));
  }

  /** Whether the round can be gone from a state and back to it, with all seen that must be. */
  closes(start: Whole): boolean {
    let front = new Map<string, { readonly state: Whole; readonly seen: ReadonlySet<string> }>();
    const put = (state: Whole, before: ReadonlySet<string>, into: typeof front): void => {
      const seen = new Set([...before, ...this.#signs(state)]);
      this.#plain.spend(seen.size + state.length);
      into.set(`${state.join()}|${[...seen].sort().join()}`, { state, seen });
    };
    put(start, new Set(), front);
    for (const event of this.#cycle) {
      const next: typeof front = new Map();
      for (const { state, seen } of front.values()) for (const { to } of this.#plain.ways(state, event)) put(to, seen, next);
      front = next;
    }
    const wanted = [...this.#idle.map((process) => `cannot ${process}`), ...(this.#starves === undefined ? [] : ['could'])];
    return [...front.values()].some(({ state, seen }) => state.join() === start.join() && wanted.every((sign) => seen.has(sign)));
  }

  #signs(state: Whole): string[] {
    const movers = this.#moversIn(state);
    // Who can do more than is known may well be able to go on, and so may whoever waits for it.
    const isCut = state.some((at, part) => this.#plain.isCut(part, at));
    const cannot = isCut ? [] : this.#idle.filter((process) => !movers.has(process));
    const could = this.#starves !== undefined && movers.has(this.#starves);
    return [...cannot.map((process) => `cannot ${process}`), ...(could ? ['could'] : [])];
  }

  #moversIn(state: Whole): ReadonlySet<number> {
    const key = state.join();
    const known = this.#movers.get(key);
    if (known !== undefined) return known;
    const makers = this.#plain.steps(state).flatMap(({ event }) => this.#plain.makers(event));
    const found = new Set(makers.filter((part) => this.#plain.isProcess(part) && !this.#plain.isFinal(part, state[part] ?? 0)));
    this.#plain.meter.keep(key.length + bytesOfMover * found.size);
    this.#movers.set(key, found);
    return found;
  }
}
