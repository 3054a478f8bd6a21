import { add, has, type PartType } from '#contract/check/structure/part-type.ts';
import type { Structure } from '#contract/check/structure/structure.ts';
import { directionsOf } from './directions.ts';
import { type Clusters, type Proof, shortened } from './proof.ts';
import { Through } from './through.ts';

/** The states of a part in which it may be stuck, in three kinds: it asks for something; it waits to be asked; it rests, and that is its end. */
export interface Manner {
  readonly number: number;
  readonly type: PartType;
  readonly busy: Int32Array;
  readonly open: Int32Array;
  readonly rest: Int32Array;
}

/**
 * V28  Clients and servers (Martin and Welch 1997). A part that is busy is kept waiting by one that it asks only while that one is busy too. As nobody
 * asks in a circle, nobody is stuck while busy. If some part neither waits to be asked nor rests, there is always something to do.
 * Otherwise, if each that waits to be asked waits for one that has not come to rest, all come to rest together.
 */
export function provedByClients(structure: Structure, clusters: Clusters): Proof[] {
  const { order, askers } = directionsOf(structure);
  return order === undefined ? [] : new Clients(structure, clusters, order, askers).proofs();
}

class Clients {
  readonly #structure: Structure;
  readonly #clusters: Clusters;
  readonly #order: Int32Array;
  readonly #rank: Int32Array;
  readonly #manners: readonly Manner[];
  readonly #through: Through;
  readonly #fits = new Map<Int32Array, Map<number, Fit>>();

  constructor(structure: Structure, clusters: Clusters, order: Int32Array, askers: Int32Array) {
    this.#structure = structure;
    this.#clusters = clusters;
    this.#order = order;
    this.#through = new Through(structure);
    this.#rank = new Int32Array(order.length);
    for (let at = 0; at < order.length; at++) this.#rank[order[at] ?? 0] = at;
    this.#manners = mannersOf(structure, askers);
  }

  proofs(): Proof[] {
    const { count, of } = this.#clusters;
    const [unbusy, free, lives] = [new Uint8Array(count).fill(1), new Uint8Array(count).fill(1), new Uint8Array(count)];
    for (const [part, { busy, open, rest }] of this.#manners.entries()) {
      const cluster = of[part] ?? 0;
      if (!this.#covered(part, busy, (place) => this.#place(part, place, 'down'))) unbusy[cluster] = 0;
      if (!this.#covered(part, open, (place) => this.#place(part, place, 'up'))) free[cluster] = 0;
      if (isNone(open) && isNone(rest)) lives[cluster] = 1;
    }
    const found: Proof[] = [];
    for (let cluster = 0; cluster < count; cluster++) {
      if (unbusy[cluster] === 0 || (lives[cluster] === 0 && free[cluster] === 0)) continue;
      found.push(this.#proof(cluster, lives[cluster] === 1));
    }
    return found;
  }

  // Whether for each of the states there is a neighbour whose set holds it.
  #covered(part: number, states: Int32Array, setOf: (place: number) => Int32Array | undefined): boolean {
    if (isNone(states)) return true;
    const left = states.slice();
    const { first } = this.#structure.neighbours;
    for (let place = first[part] ?? 0; place < (first[part + 1] ?? 0); place++) {
      const set = setOf(place);
      if (set !== undefined) for (let word = 0; word < left.length; word++) left[word] = (left[word] ?? 0) & ~(set[word] ?? 0);
    }
    return isNone(left);
  }

  #place(part: number, place: number, towards: 'down' | 'up'): Int32Array | undefined {
    const other = this.#structure.neighbours.others[place] ?? 0;
    const later = (this.#rank[other] ?? 0) > (this.#rank[part] ?? 0);
    const fit = this.#fit(this.#through.rows(part, place), part, other);
    if (towards === 'down') return later ? fit.onlyBusy : undefined;
    return later ? fit.onlyBusy : fit.neverRests;
  }

  #fit(rows: Int32Array, part: number, other: number): Fit {
    const [ours, theirs] = [this.#manners[part] as Manner, this.#manners[other] as Manner];
    const byManners = this.#fits.get(rows) ?? new Map<number, Fit>();
    this.#fits.set(rows, byManners);
    const key = ours.number * this.#manners.length + theirs.number;
    const known = byManners.get(key) ?? fitOf(ours, theirs, rows);
    byManners.set(key, known);
    return known;
  }

  #proof(cluster: number, lives: boolean): Proof {
    const { parts } = this.#structure.view.system;
    const members = this.#order.filter((part) => this.#clusters.of[part] === cluster);
    const used = [...new Set([...members].map((part) => this.#manners[part] as Manner))];
    const kinds = used.map(({ type, busy, open }) => ({ busy: list(type, busy), open: list(type, open) }));
    const numbers = new Map(used.map(({ number }, at) => [number, at]));
    const rank = [...members].map((part) => [part, numbers.get(this.#manners[part]?.number ?? 0) ?? 0]);
    const words = [
      `Each waits only for one that it asks, and nobody asks in a circle: ${shortened([...members].map((part) => parts[part]?.name ?? ''))}, each asks only later ones.`,
      'Who keeps another waiting is busy asking a later one; the last is kept waiting by nobody.',
      lives
        ? 'One of them never stops asking, so something can always happen.'
        : 'When nobody asks any more, all come to their end.',
    ];
    return { cluster, lives, certificate: { by: 'client-server', words, data: { kinds, rank, lives } } };
  }
}

interface Fit {
  /** States that are stuck with the other only while it is busy. */
  readonly onlyBusy: Int32Array;
  /** States that are not stuck with the other at rest. */
  readonly neverRests: Int32Array;
}

function fitOf(ours: Manner, theirs: Manner, rows: Int32Array): Fit {
  const { states, words } = ours.type;
  const width = theirs.type.words;
  const fit = { onlyBusy: new Int32Array(words), neverRests: new Int32Array(words) };
  for (let state = 0; state < states; state++) {
    let [busy, never] = [true, true];
    for (let word = 0; word < width; word++) {
      const row = rows[state * width + word] ?? 0;
      if ((row & ((theirs.open[word] ?? 0) | (theirs.rest[word] ?? 0))) !== 0) busy = false;
      if ((row & (theirs.rest[word] ?? 0)) !== 0) never = false;
    }
    if (busy) add(fit.onlyBusy, 0, state);
    if (never) add(fit.neverRests, 0, state);
  }
  return fit;
}

function mannersOf(structure: Structure, askers: Int32Array): Manner[] {
  const { system, types, events, live } = structure.view;
  const { makers } = structure.neighbours;
  const known = new Map<string, Manner>();
  return types.map((type, part) => {
    const own = events[part] as Int32Array;
    // Per own event: made alone, asked for by this part, or neither.
    const roles = own.map((event) => {
      if (live[event] === 1 && (makers.first[event + 1] ?? 0) - (makers.first[event] ?? 0) === 1) return 1;
      return askers[event] === part ? 2 : 0;
    });
    const isProcess = part < system.processes;
    const key = `${type.number} ${isProcess} ${roles.join('')}`;
    const manner = known.get(key) ?? mannerOf(known.size, type, roles, isProcess);
    known.set(key, manner);
    return manner;
  });
}

function mannerOf(number: number, type: PartType, roles: Int32Array, isProcess: boolean): Manner {
  const { words, reachable, offers, final } = type;
  const [stuck, asks] = [reachable.slice(), new Int32Array(words)];
  for (let event = 0; event < roles.length; event++)
    for (let word = 0; word < words; word++) {
      const here = offers[event * words + word] ?? 0;
      if (roles[event] === 1) stuck[word] = (stuck[word] ?? 0) & ~here;
      if (roles[event] === 2) asks[word] = (asks[word] ?? 0) | here;
    }
  const atRest = isProcess ? final : restOf(type, asks);
  const rest = stuck.map((set, word) => set & (atRest[word] ?? 0));
  const busy = stuck.map((set, word) => set & (asks[word] ?? 0) & ~(atRest[word] ?? 0));
  const open = stuck.map((set, word) => set & ~(asks[word] ?? 0) & ~(atRest[word] ?? 0));
  return { number, type, busy, open, rest };
}

// A link rests once it will never ask again.
function restOf({ states, words, first, targets, reachable }: PartType, asks: Int32Array): Int32Array {
  const active = asks.slice();
  for (let changed = true; changed; ) {
    changed = false;
    for (let state = 0; state < states; state++) {
      if (has(active, 0, state)) continue;
      for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
        if (!has(active, 0, targets[move] ?? 0)) continue;
        add(active, 0, state);
        changed = true;
        break;
      }
    }
  }
  return Int32Array.from({ length: words }, (_, word) => (reachable[word] ?? 0) & ~(active[word] ?? 0));
}

function isNone(set: Int32Array): boolean {
  for (let word = 0; word < set.length; word++) if (set[word] !== 0) return false;
  return true;
}

function list({ states }: PartType, set: Int32Array): number[] {
  return Array.from({ length: states }, (_, state) => state).filter((state) => has(set, 0, state));
}
