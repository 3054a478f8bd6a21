import { Fault, type Plain } from './plain.ts';
import { type Graph, wholeGraph } from './reached.ts';
import { fieldOf, listedIn, listOf, numbersOf } from './read.ts';

const nobody = -1;

/**
 * V134  Ranks of all reachable states. A step by an allowed event never leads to a higher rank, so a round of such steps stays in one. Where a rank has steps within it, it also
 *       names a process that makes none of them and could go on in each of its states: no round there is fair to it.
 */
export class Ranks {
  readonly #plain: Plain;
  #graph: Graph | undefined;
  /** Per state, its place among all when they are put in order part by part. */
  #places: readonly number[] = [];

  constructor(plain: Plain) {
    this.#plain = plain;
  }

  /** @param passedOver a process that makes none of the allowed events; a rank may also say (-1) that it cannot go on in any of its states. */
  check(isAllowed: (event: number) => boolean, data: unknown, passedOver?: number): void {
    const ranks = numbersOf(listedIn(data, 'ranks'));
    const { reached, first, events, targets } = this.#whole(ranks.length);
    if (ranks.length !== reached.size) throw new Fault(`there are ${reached.size} states, and ${ranks.length} have a rank`);
    const held = new Map(listOf(fieldOf(data, 'held')).map((entry) => numbersOf(entry) as [number, number]));
    for (let state = 0; state < reached.size; state++) {
      const rank = ranks[this.#places[state] ?? -1] ?? -1;
      const who = held.get(rank);
      this.#plain.spend(1);
      if (who !== undefined) this.#checkHeld(state, who, passedOver);
      for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) {
        const [event, to] = [events[at] ?? -1, ranks[this.#places[targets[at] ?? -1] ?? -1] ?? 0];
        this.#plain.spend(1);
        if (!isAllowed(event) || to < rank) continue;
        if (to > rank) throw new Fault('a step leads to a higher rank');
        if (who === undefined) throw new Fault('a rank with a round names nobody who is left out');
        if (this.#plain.makers(event).includes(who)) throw new Fault('who is said to be left out takes part');
      }
    }
  }

  #checkHeld(state: number, who: number, passedOver: number | undefined): void {
    if (who === nobody && passedOver !== undefined) {
      if (this.#canMove(state, passedOver)) throw new Fault('who is said never to be ready may go on');
    } else if (!this.#plain.isProcess(who) || !this.#canMove(state, who))
      throw new Fault('who is said to be left out is no process that can always go on');
  }

  #canMove(state: number, process: number): boolean {
    const { reached, first, events } = this.#whole(0);
    if (this.#plain.isFinal(process, reached.localOf(state, process))) return false;
    for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) {
      this.#plain.spend(1);
      if (this.#plain.makers(events[at] ?? -1).includes(process)) return true;
    }
    return false;
  }

  // Made once, when it is needed.
  #whole(states: number): Graph {
    if (this.#graph !== undefined) return this.#graph;
    this.#graph = wholeGraph(this.#plain, { states, transitions: 0 });
    this.#places = this.#graph.reached.places();
    return this.#graph;
  }
}
