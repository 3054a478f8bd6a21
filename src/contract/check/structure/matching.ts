import type { Makers, Structure } from './structure.ts';
import type { View } from './view.ts';

/** Which parts of a system an earlier one had already, in the same surroundings: by name, type, and who makes its events with it. */
export class Matching {
  readonly #view: View;
  readonly #makers: Makers;
  readonly #before: Structure;
  /** Per part its number before; -1 where there was none of its name. */
  readonly #was: Int32Array;
  /** Per part of before, its number now. */
  readonly #now: Int32Array;

  /** Parts of before that make events of which more is known than their neighbours. */
  readonly #inMany: ReadonlySet<number>;

  constructor(view: View, makers: Makers, before: Structure) {
    this.#view = view;
    this.#makers = makers;
    this.#before = before;
    this.#inMany = new Set(before.neighbours.many.flatMap((many) => many.parts));
    const old = before.view.system.parts;
    const { parts } = view.system;
    this.#was = new Int32Array(parts.length).fill(-1);
    this.#now = new Int32Array(old.length).fill(-1);
    const byName = parts.every(({ name }, part) => old[part]?.name === name)
      ? undefined
      : new Map(old.map(({ name }, at) => [name, at]));
    for (let part = 0; part < parts.length; part++) {
      const was = byName === undefined ? part : (byName.get(parts[part]?.name ?? '') ?? -1);
      // Of two parts of one name the first is it.
      if (was < 0 || this.#now[was] !== -1) continue;
      this.#was[part] = was;
      this.#now[was] = part;
    }
  }

  /**
   * The neighbours before with a greater number, and the relations to them, when nothing about the part and them has changed.
   *
   * @param each is given the neighbour's number now and where it stood before.
   * @returns false when the part has to be looked at anew.
   */
  reuse(part: number, each: (other: number, place: number) => void): boolean {
    const was = this.#was[part] ?? -1;
    if (was < 0 || this.#inMany.has(was) || !this.#isSame(part, was)) return false;
    const { first, others, isRight } = this.#before.neighbours;
    const [from, to] = [first[was] ?? 0, first[was + 1] ?? 0];
    for (let place = from; place < to; place++) {
      const other = this.#now[others[place] ?? 0] ?? -1;
      if (other < 0 || other < part !== (isRight[place] === 1)) return false;
    }
    for (let place = from; place < to; place++) if (isRight[place] === 0) each(this.#now[others[place] ?? 0] ?? 0, place);
    return true;
  }

  #isSame(part: number, was: number): boolean {
    const { view } = this.#before;
    if (view.types[was] !== this.#view.types[part]) return false;
    const [own, old] = [this.#view.events[part] as Int32Array, view.events[was] as Int32Array];
    for (let event = 0; event < own.length; event++) if (!this.#isSameEvent(own[event] ?? 0, old[event] ?? 0)) return false;
    return true;
  }

  #isSameEvent(event: number, old: number): boolean {
    const { view, neighbours } = this.#before;
    const [ours, theirs] = [this.#makers, neighbours.makers];
    const [from, at] = [ours.first[event] ?? 0, theirs.first[old] ?? 0];
    const count = (ours.first[event + 1] ?? 0) - from;
    if (count > 2 || count !== (theirs.first[old + 1] ?? 0) - at || this.#view.live[event] !== view.live[old]) return false;
    for (let next = 0; next < count; next++) {
      const [maker, before] = [ours.parts[from + next] ?? -1, theirs.parts[at + next] ?? -1];
      if (maker < 0 && before < 0) continue;
      if (this.#was[maker] !== before || ours.own[from + next] !== theirs.own[at + next]) return false;
      if (this.#view.types[maker] !== view.types[before]) return false;
    }
    return true;
  }
}
