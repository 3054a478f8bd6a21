import { Type } from 'typebox';
import { type Copies, standing } from '#kit/copies.ts';
import { type Arity, defineComponent } from '#kit/define-component.ts';
import { type Expression, expression } from '#kit/expression.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import { always, fairAlt, offering, priAlt } from '#runtime/alt.ts';
import type { Operation, Sender } from '#runtime/port.ts';

/**
 *         ┌───────┬──▶▶── to*     to the copies
 *  in ──▶─┤ share │
 *         └───────┴──▶ order      which copy gets the message, before it gets it
 * FS1  A message goes to a copy that takes it at once; when none does and not all have been started, one more is; else to whoever is first.
 * FS2  With a key, messages of one key go to one copy, always the same.
 * FS3  With order, a copy gets its next message when it rests (S22), and the number of the copy leaves at `order` before.
 * FS4  A key that has no value for a message fails that message alone.
 * FS5  A copy that has ended by itself takes no more: the message on its way to it is dropped. When all have, sharing ends.
 */
export const share = defineComponent({
  kind: 'control.farm-share',
  version: 1,
  title: 'Share',
  icon: 'split',
  summary: 'Deals messages to the copies of a farm, and starts copies when all are busy.',
  settings: Type.Object({
    ordered: Type.Boolean({ default: false, description: 'Gives a copy one message at a time.' }),
    key: Type.String({ default: '', description: 'CEL expression: messages with the same value go to the same copy.' }),
  }),
  ports: {
    in: input(Type.Unknown(), 'What is to be done.'),
    to: many(output(Type.Unknown(), 'One channel for each copy.')),
    order: optional(output(Type.Integer(), 'Numbers of copies, from 0.')),
  },
  contract: ({ ordered, key }, arity) => contractOf(ordered, key !== '', arity),
  examples: [
    { says: 'One copy gets all.', given: { in: [1, 2, 3] }, gives: { 'to[0]': [1, 2, 3] } },
    {
      says: 'In order, the number of the copy is told first.',
      settings: { ordered: true },
      given: { in: ['a', 'b'] },
      gives: { 'to[0]': ['a', 'b'], order: [0, 0] },
    },
    {
      says: 'A message without a key is rejected.',
      settings: { key: 'message.id' },
      given: { in: [{ id: 1 }, { no: 1 }] },
      gives: {
        'to[0]': [{ id: 1 }],
        err: [
          {
            error: { code: 'KIT_EXPRESSION_FAILED', message: 'No such key: id, in: message.id' },
            original: { no: 1 },
          },
        ],
      },
    },
  ],
  *run({ settings, io, reject, copies = standing(io.to.length) }) {
    const deal = new Deal(io.to, io.order, copies);
    const keyOf = settings.key === '' ? undefined : expression(settings.key);
    for (;;) {
      const item = yield* io.in.receive();
      if (item.ended) break;
      let slot: number | undefined;
      try {
        slot = keyOf && slotOf(keyOf, item.value, copies.most);
      } catch (failure) {
        yield* reject(item.value, failure);
        continue;
      }
      const copy = slot === undefined ? undefined : deal.copyFor(slot);
      const goesOn = settings.ordered ? yield* deal.inOrder(item.value, copy) : yield* deal.atOnce(item.value, copy);
      if (!goesOn) break;
    }
    copies.close();
  },
});

class Deal {
  readonly #to: readonly Sender<unknown>[];
  readonly #order: Sender<number>;
  readonly #copies: Copies;
  readonly #given: number[];
  readonly #gone = new Set<number>();
  readonly #copyOf = new Map<number, number>();

  constructor(to: readonly Sender<unknown>[], order: Sender<number>, copies: Copies) {
    this.#to = to;
    this.#order = order;
    this.#copies = copies;
    this.#given = Array.from({ length: copies.most }, () => 0);
  }

  /** The copy of a slot; the slot that comes first gets the first copy, so that none is started for nothing. */
  copyFor(slot: number): number {
    const copy = this.#copyOf.get(slot) ?? this.#copyOf.size;
    this.#copyOf.set(slot, copy);
    while (this.#copies.started <= copy) this.#copies.start();
    return copy;
  }

  /** False when nobody takes messages any more. */
  *atOnce(message: unknown, wanted: number | undefined): Operation<boolean> {
    if (wanted !== undefined) return yield* this.#sendTo(wanted, message);
    const ready = this.#present();
    const first = yield* priAlt([...ready.map((copy) => offering(this.#end(copy), message)), always]);
    if ('sent' in first) return this.#note(ready[first.index] as number, first.sent);
    if (this.#copies.started < this.#copies.most) this.#copies.start();
    const all = this.#present();
    const { index, sent } = yield* fairAlt(all.map((copy) => offering(this.#end(copy), message)));
    return this.#note(all[index] as number, sent);
  }

  *inOrder(message: unknown, wanted: number | undefined): Operation<boolean> {
    const copy = wanted ?? (yield* this.#resting());
    if (wanted !== undefined) yield* priAlt([this.#copies.rested(wanted, this.#given[wanted] ?? 0)]);
    this.#given[copy] = (this.#given[copy] ?? 0) + 1;
    if (!(yield* this.#order.send(copy))) return false;
    return yield* this.#sendTo(copy, message);
  }

  *#resting(): Operation<number> {
    const present = this.#present();
    const guards = present.map((copy) => this.#copies.rested(copy, this.#given[copy] ?? 0));
    const { index } = yield* priAlt([...guards, always]);
    if (index < guards.length) return present[index] as number;
    if (this.#copies.started < this.#copies.most) {
      this.#copies.start();
      return this.#copies.started - 1;
    }
    return present[(yield* fairAlt(guards)).index] as number;
  }

  *#sendTo(copy: number, message: unknown): Operation<boolean> {
    return this.#note(copy, yield* this.#end(copy).send(message));
  }

  #note(copy: number, taken: boolean): boolean {
    if (!taken) this.#gone.add(copy);
    return this.#gone.size < this.#copies.most;
  }

  #present(): number[] {
    return Array.from({ length: this.#copies.started }, (_, copy) => copy).filter((copy) => !this.#gone.has(copy));
  }

  #end(copy: number): Sender<unknown> {
    return this.#to[copy] as Sender<unknown>;
  }
}

// FNV-1a (Fowler, Noll, Vo) of the JSON text: equal keys fall into one slot, others spread.
function slotOf(key: Expression, message: unknown, slots: number): number {
  const text = JSON.stringify(key.value(message)) ?? '';
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % slots;
}

// Copies that have not been started are as good as idle ones: whoever needs one has it. That a copy rests comes sooner or later,
// and is nobody's event, so the copy is chosen by the process itself.
function contractOf(ordered: boolean, keyed: boolean, { to: copies = 1, order = 0 }: Arity): string {
  const each = `i:{0..${copies - 1}}`;
  const told = order > 0 || ordered ? 'order -> ' : '';
  const dealt = ordered
    ? `|~| ${each} @ ${told}to.i -> SHARE`
    : keyed
      ? `|~| ${each} @ to.i -> SHARE`
      : `[] ${each} @ to.i -> SHARE`;
  return `
    SHARE = in -> ${keyed ? '(DEAL |~| err -> SHARE)' : 'DEAL'} [] in.end -> SKIP
    DEAL = ${dealt}
  `;
}
