import { comesBack, followed } from './followed.ts';
import { Fault, Plain, TooMuch, type Whole, type Work } from './plain.ts';
import {
  type Against,
  goesOnForEver,
  isHidden,
  offersOf,
  placesAlong,
  type Seen,
  seenOf,
  seenSystem,
  theEnd,
  type WordedSystem,
  wordsIn,
} from './seen.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/** What is said to be wrong, and how one comes there. */
export interface CounterexampleClaim {
  readonly what: 'trace' | 'refusal' | 'divergence';
  /** Words, the end as ✓. */
  readonly trace: readonly string[];
  readonly events: readonly number[];
  readonly cycle?: readonly number[];
  readonly offers?: readonly string[];
}

/**
 * V59  Checks a counterexample of refinement or of determinism again: the events are possible and read as the trace does; what is done or refused after it is neither allowed by a
 *      specification, whose states after the trace are worked out set by set, nor, in FD, made good by a divergence of it on the way.
 */
export function recheckCounterexample(
  against: Against,
  impl: WordedSystem,
  model: 'T' | 'F' | 'FD',
  claim: CounterexampleClaim,
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(impl.system, work);
    const ends = followed(plain, claim.events);
    const before = claim.what === 'trace' ? claim.trace.slice(0, -1) : claim.trace;
    checkWords(impl, claim);
    const own = seenSystem(plain, impl);
    const spec = against === 'itself' ? own : seenOf(against, plain, work);
    const places = placesAlong(spec, before);
    if (against !== 'itself' && model === 'FD' && places.some((states) => goesOnForEver(spec, states)))
      throw new Fault('the specification may go on for ever there, and then allows everything');
    const allowed = places.at(-1) ?? new Set();
    if (against !== 'itself' && [...allowed].some((state) => spec.isCut(state)))
      throw new Fault('the specification says less than the truth there');
    if (claim.what === 'trace') checkDone(plain, ends, claim, wordsIn(spec, allowed));
    else if (claim.what === 'divergence') checkRound(plain, impl, ends, claim, model);
    else if (model === 'T') throw new Fault('nothing is refused in traces');
    else checkRefused(own, ends, claim, against === 'itself' ? wordsIn(spec, allowed) : acceptedBy(spec, allowed));
  });
}

function checkWords(impl: WordedSystem, { what, trace, events }: CounterexampleClaim): void {
  const words = events.filter((event) => !isHidden(impl, event)).map((event) => impl.labels[event]);
  // The end is no event, and nothing comes after it.
  const said = what === 'trace' && trace.at(-1) === theEnd ? trace.slice(0, -1) : trace;
  if (words.length !== said.length || words.some((word, at) => word !== said[at]))
    throw new Fault('the events are not those of the trace');
}

function checkDone(
  plain: Plain,
  ends: ReadonlyMap<string, Whole>,
  { trace }: CounterexampleClaim,
  allowed: ReadonlySet<string>,
): void {
  const last = trace.at(-1);
  if (last === undefined) throw new Fault('the trace has no last event');
  if (allowed.has(last)) throw new Fault(`${last} is allowed there`);
  if (last === theEnd && ![...ends.values()].some((state) => plain.hasEnded(state)))
    throw new Fault('not all processes have ended there');
}

function checkRound(
  plain: Plain,
  impl: WordedSystem,
  ends: ReadonlyMap<string, Whole>,
  { cycle = [] }: CounterexampleClaim,
  model: 'T' | 'F' | 'FD',
): void {
  if (model !== 'FD') throw new Fault('going on for ever is looked at in FD only');
  if (cycle.length === 0) throw new Fault('the round has no step');
  if (!cycle.every((event) => isHidden(impl, event))) throw new Fault('an event of the round is seen');
  if (![...ends.values()].some((state) => comesBack(plain, cycle, state)))
    throw new Fault('the round does not come back to where it began');
}

// One set of offers each of which would do.
function acceptedBy(spec: Seen, states: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  return [...states].flatMap((state) => offersOf(spec, state) ?? []);
}

function checkRefused(
  own: Seen,
  ends: ReadonlyMap<string, Whole>,
  { offers }: CounterexampleClaim,
  wanted: ReadonlySet<string> | readonly ReadonlySet<string>[],
): void {
  if (offers === undefined) throw new TooMuch('it is not said what is offered');
  const offered = new Set(offers);
  const isThere = [...ends.keys()].some((state) => {
    const there = own.isCut(state) ? undefined : offersOf(own, state);
    return there !== undefined && there.symmetricDifference(offered).size === 0;
  });
  if (!isThere) throw new Fault('after the trace this is never all that is offered');
  const isEnough = 'has' in wanted ? wanted.isSubsetOf(offered) : wanted.some((set) => set.isSubsetOf(offered));
  if (isEnough) throw new Fault('what is offered is enough');
}
