import { Alike } from './alike.ts';
import { Conserved } from './conserved.ts';
import { Fault, type Plain } from './plain.ts';
import { fieldOf, hasField, listOf, numbersOf, wholeNumber } from './read.ts';
import { checkNever, StuckPairs } from './stuck-pairs.ts';
import { StuckTogether } from './stuck-together.ts';

/** V75  Takes states away one by one, each for the reason that is given, until a part has none left or every process can only have ended. */
export function recheckElimination(plain: Plain, data: unknown): void {
  const never = new Set(
    listOf(fieldOf(data, 'never')).map((entry) => {
      const [event = -1, part = -2] = numbersOf(entry);
      if (!plain.makers(event).includes(part)) throw new Fault(`part ${part} does not take part in event ${event}`);
      return event;
    }),
  );
  const alike = new Alike(plain, never);
  checkNever(plain, alike);
  const pairs = new StuckPairs(plain, alike);
  pairs.checkCuts();
  const sums = hasField(data, 'sums') ? listOf(fieldOf(data, 'sums')).map((sum) => new Conserved(pairs, sum)) : [];
  const domains = new Domains(pairs, { together: new StuckTogether(pairs), sums });
  for (const step of listOf(fieldOf(data, 'steps'))) take(pairs, domains, step);
  checkEmpty(pairs, domains, wholeNumber(fieldOf(data, 'empty')));
}

/** What is known of several parts at once. */
interface Several {
  readonly together: StuckTogether;
  readonly sums: readonly Conserved[];
}

/** The states that each part may still be stuck in, on top of those of an outer argument. */
class Domains {
  readonly several: Several;
  readonly #pairs: StuckPairs;
  readonly #outer: Domains | undefined;
  readonly #own = new Map<number, ReadonlySet<number>>();

  constructor(pairs: StuckPairs, several: Several, outer?: Domains) {
    this.several = several;
    this.#pairs = pairs;
    this.#outer = outer;
  }

  of(part: number): ReadonlySet<number> {
    const found = this.#own.get(part) ?? this.#outer?.of(part);
    if (found !== undefined) return found;
    const all = new Set(this.#pairs.waiting(part));
    this.#own.set(part, all);
    return all;
  }

  put(part: number, states: ReadonlySet<number>): void {
    this.#own.set(part, states);
  }
}

function take(pairs: StuckPairs, domains: Domains, step: unknown): void {
  const [part, state] = [wholeNumber(fieldOf(step, 'part')), wholeNumber(fieldOf(step, 'state'))];
  if (!domains.of(part).has(state)) throw new Fault(`part ${part} is not in state ${state} anyhow`);
  if (hasField(step, 'against')) checkAgainst(pairs, domains, part, state, wholeNumber(fieldOf(step, 'against')));
  else if (hasField(step, 'event')) checkEvent(pairs, domains, part, state, wholeNumber(fieldOf(step, 'event')));
  else if (hasField(step, 'among')) checkAmong(domains, part, state, numbersOf(fieldOf(step, 'among')));
  else if (hasField(step, 'sum')) checkSum(pairs, domains, part, state, wholeNumber(fieldOf(step, 'sum')));
  else {
    const assumed = new Domains(pairs, domains.several, domains);
    assumed.put(part, new Set([state]));
    for (const inner of listOf(fieldOf(step, 'steps'))) take(pairs, assumed, inner);
    checkEmpty(pairs, assumed, wholeNumber(fieldOf(step, 'empty')));
  }
  const left = new Set(domains.of(part));
  left.delete(state);
  pairs.plain.spend(left.size);
  domains.put(part, left);
}

function checkAgainst(pairs: StuckPairs, domains: Domains, part: number, state: number, other: number): void {
  if (other === part) throw new Fault('a part does not keep itself waiting');
  for (const there of domains.of(other))
    if (pairs.areStuck(part, state, other, there)) throw new Fault(`parts ${part} and ${other} can be stuck with each other`);
}

// No state that these parts can be stuck in together has it, with what is left of the others.
function checkAmong(domains: Domains, part: number, state: number, among: readonly number[]): void {
  const own = among.indexOf(part);
  if (own < 0) throw new Fault(`part ${part} is not among those that are named`);
  const isLeft = (states: readonly number[]): boolean =>
    states.every((at, place) => (place === own ? at === state : domains.of(among[place] ?? -1).has(at)));
  if (domains.several.together.of(among).some(isLeft)) throw new Fault(`part ${part} can be stuck among ${among.join(', ')}`);
}

// Whatever the other parts of the sum have left, it would be too little or too much.
function checkSum({ plain }: StuckPairs, domains: Domains, part: number, state: number, number: number): void {
  const sum = domains.several.sums[number];
  if (sum === undefined) throw new Fault(`there is no sum ${number}`);
  const domainOf = (other: number): ReadonlySet<number> => {
    const domain = domains.of(other);
    plain.spend(domain.size);
    return domain;
  };
  if (sum.allows(part, state, domainOf)) throw new Fault(`part ${part} can be in state ${state} by sum ${number}`);
}

// All the others of the event surely offer it.
function checkEvent(pairs: StuckPairs, domains: Domains, part: number, state: number, event: number): void {
  const { plain } = pairs;
  if (pairs.never.has(event) || !plain.offers(part, state).has(event))
    throw new Fault(`part ${part} does not offer event ${event}`);
  for (const other of plain.makers(event)) {
    if (other === part) continue;
    for (const there of domains.of(other))
      if (!plain.offers(other, there).has(event)) throw new Fault(`part ${other} may refuse event ${event}`);
  }
}

function checkEmpty(pairs: StuckPairs, domains: Domains, empty: number): void {
  if (empty !== -1) {
    if (domains.of(empty).size > 0) throw new Fault(`part ${empty} may still be stuck`);
    return;
  }
  for (let part = 0; part < pairs.plain.system.processes; part++)
    for (const state of domains.of(part))
      if (!pairs.plain.isFinal(part, state)) throw new Fault(`part ${part} may be stuck without having ended`);
}
