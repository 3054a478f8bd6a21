import { Fault, Plain, TooMuch, type Work } from './plain.ts';
import {
  type Against,
  goesOnForEver,
  offersOf,
  placesAfter,
  type Seen,
  seenOf,
  seenSystem,
  settled,
  theEnd,
  type WordedSystem,
  wordsIn,
} from './seen.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

type Model = 'T' | 'F' | 'FD';

/**
 * V59  Checks again that a system does nothing that its specification does not allow, or that it never can both do and refuse an event (`itself`): every state is
 *      looked at with the set of states in which the specification may then be.
 */
export function recheckRefinement(against: Against, impl: WordedSystem, model: Model, work: Work = usualWork): Recheck {
  return judged(() => {
    const plain = new Plain(impl.system, work);
    const own = seenSystem(plain, impl);
    const spec = against === 'itself' ? own : seenOf(against, plain, work);
    new Walk(plain, own, spec, model, against === 'itself').run();
  });
}

/** A set of states of the specification, by its text. */
interface Place {
  readonly key: string;
  readonly states: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  readonly accepted: readonly ReadonlySet<string>[];
  /** From here on everything is allowed. */
  readonly isFree: boolean;
}

class Walk {
  readonly #plain: Plain;
  readonly #own: Seen;
  readonly #spec: Seen;
  readonly #model: Model;
  readonly #itself: boolean;
  readonly #places = new Map<string, Place>();
  readonly #after = new Map<string, Place>();
  readonly #pairs = new Map<string, { readonly place: Place; readonly state: string }>();
  /** By pair, those that own moves lead to. */
  readonly #alone = new Map<string, readonly string[]>();

  constructor(plain: Plain, own: Seen, spec: Seen, model: Model, itself: boolean) {
    this.#plain = plain;
    this.#own = own;
    this.#spec = spec;
    this.#model = model;
    this.#itself = itself;
  }

  run(): void {
    this.#put(this.#placeOf(settled(this.#spec, [this.#spec.start])), this.#own.start);
    for (const [key, { place, state }] of this.#pairs) if (!place.isFree) this.#look(key, place, state);
    if (this.#model === 'FD' && isRound(this.#alone)) throw new Fault('it can go on by itself for ever');
  }

  #look(key: string, place: Place, state: string): void {
    if (this.#own.isCut(state)) throw new TooMuch('a part says less than the truth');
    if (this.#own.hasEnded(state) && !place.words.has(theEnd)) throw new Fault('it may end where that is not allowed');
    const alone: string[] = [];
    for (const { word, to } of this.#own.moves(state)) {
      if (word === undefined) alone.push(this.#put(place, to));
      else if (place.words.has(word)) this.#put(this.#placeAfter(place, word), to);
      else throw new Fault(`it may do ${word} where that is not allowed`);
    }
    this.#alone.set(key, alone);
    if (this.#model !== 'T') this.#checkOffers(place, offersOf(this.#own, state));
  }

  #checkOffers(place: Place, offers: ReadonlySet<string> | undefined): void {
    if (offers === undefined) return;
    this.#plain.spend(place.accepted.length + offers.size);
    const isEnough = this.#itself ? place.words.isSubsetOf(offers) : place.accepted.some((set) => set.isSubsetOf(offers));
    if (!isEnough) throw new Fault('it may refuse what must be offered');
  }

  #put(place: Place, state: string): string {
    const key = `${place.key}|${state}`;
    this.#plain.spend(1 + place.key.length / 8);
    if (!this.#pairs.has(key)) this.#pairs.set(key, { place, state });
    return key;
  }

  #placeAfter(place: Place, word: string): Place {
    const key = `${place.key}|${word}`;
    const known = this.#after.get(key) ?? this.#placeOf(placesAfter(this.#spec, place.states, word));
    this.#after.set(key, known);
    return known;
  }

  #placeOf(states: ReadonlySet<string>): Place {
    const key = [...states].sort().join(' ');
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#plain.spend(states.size);
    if ([...states].some((state) => this.#spec.isCut(state))) throw new TooMuch('the specification says less than the truth');
    const place = {
      key: String(this.#places.size),
      states,
      words: wordsIn(this.#spec, states),
      accepted: [...states].flatMap((state) => offersOf(this.#spec, state) ?? []),
      isFree: !this.#itself && this.#model === 'FD' && goesOnForEver(this.#spec, states),
    };
    this.#places.set(key, place);
    return place;
  }
}

// What leads on to nothing is taken away, and then what led only there; what stays goes round.
function isRound(next: ReadonlyMap<string, readonly string[]>): boolean {
  const before = new Map<string, string[]>();
  const left = new Map<string, number>();
  const done: string[] = [];
  for (const [from, list] of next) {
    const inside = list.filter((to) => next.has(to));
    left.set(from, inside.length);
    if (inside.length === 0) done.push(from);
    for (const to of inside) before.set(to, [...(before.get(to) ?? []), from]);
  }
  for (const to of done)
    for (const from of before.get(to) ?? []) {
      const rest = (left.get(from) ?? 0) - 1;
      left.set(from, rest);
      if (rest === 0) done.push(from);
    }
  return done.length < next.size;
}
