import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import { fairAlt, offering, when } from '#runtime/alt.ts';

/**
 *         ┌────────┐
 *  in ──▶─┤ buffer ├──▶── out
 *         └────────┘
 * U1  Messages leave in the order they came, the initial ones first.
 * U2  At most `capacity` messages are held.
 * U3  Full, `block` takes nothing more; `drop-oldest` and `drop-newest` always take, and lose one.
 * U4  When the input ends, what is held leaves; then the output ends.
 * U5  With initial messages the output can start before anything came: that makes a loop live.
 */
export const buffer = defineComponent({
  kind: 'flow.buffer',
  version: 1,
  title: 'Buffer',
  icon: 'layers',
  summary: 'Holds messages between a sender and a reader of different pace; can start filled, to set a loop going.',
  settings: Type.Object({
    // A thousand counts are a thousand states of the contract; a connection itself can hold more.
    capacity: Type.Integer({ minimum: 1, maximum: 1_000, default: 10, unit: 'messages', description: 'Most messages held.' }),
    whenFull: Type.Union([Type.Literal('block'), Type.Literal('drop-oldest'), Type.Literal('drop-newest')], {
      default: 'block',
      description: 'What a full buffer does with one more message: let the sender wait, lose the oldest, or lose the new one.',
    }),
    initial: Type.Array(Type.Unknown(), { default: [], description: 'Messages held at the start, first to leave first.' }),
  }),
  ports: {
    in: input(Type.Unknown(), 'Messages to be held.'),
    out: output(Type.Unknown(), 'The same messages, when the reader is ready.'),
  },
  contract: ({ capacity, whenFull, initial }) => `
    BUFFER = HOLD(${Math.min(initial.length, capacity)})
    HOLD(n) = (if n < ${capacity} then in -> HOLD(n + 1) [] in.end -> DRAIN(n) else ${whenFull === 'block' ? 'STOP' : `in -> HOLD(${capacity}) [] in.end -> DRAIN(n)`})
           [] (if n > 0 then out -> HOLD(n - 1) else STOP)
    DRAIN(n) = if n > 0 then out -> DRAIN(n - 1) else out.end -> SKIP
  `,
  examples: [
    { says: 'Everything leaves in its order.', given: { in: [1, 2, 3] }, gives: { out: [1, 2, 3] } },
    { says: 'Initial messages leave first.', settings: { initial: ['go'] }, given: { in: ['a'] }, gives: { out: ['go', 'a'] } },
    {
      says: 'An empty input leaves the initial messages.',
      settings: { initial: [0, 0] },
      given: { in: [] },
      gives: { out: [0, 0] },
    },
  ],
  check: ({ initial, capacity }) =>
    initial.length > capacity
      ? { pointer: '/initial', message: `${initial.length} initial messages do not fit into a capacity of ${capacity}` }
      : undefined,
  state: { version: 1, initial: ({ initial }): { held: unknown[] } => ({ held: [...initial] }) },
  rests: ['in', 'out'],
  *run({ settings, io, state }) {
    const { capacity, whenFull } = settings;
    const held = new Held(state.value.held);
    state.save = () => ({ held: held.list() });
    let open = true;
    while (open || held.size > 0) {
      const event = yield* fairAlt({
        in: when(open && (held.size < capacity || whenFull !== 'block'), io.in),
        out: when(held.size > 0, offering(io.out, held.first)),
      });
      if (event.tag === 'out') {
        if (!event.sent) return;
        held.leave();
      } else if (event.ended) {
        open = false;
      } else if (held.size < capacity || whenFull === 'drop-oldest') {
        if (held.size === capacity) held.leave();
        held.add(event.value);
      }
    }
  },
});

/** A queue whose first is taken without moving the others. */
class Held {
  #items: unknown[];
  #gone = 0;

  constructor(initial: readonly unknown[]) {
    this.#items = [...initial];
  }

  get size(): number {
    return this.#items.length - this.#gone;
  }

  get first(): unknown {
    return this.#items[this.#gone];
  }

  list(): unknown[] {
    return this.#items.slice(this.#gone);
  }

  add(item: unknown): void {
    this.#items.push(item);
  }

  leave(): void {
    this.#items[this.#gone++] = undefined;
    if (this.#gone < 32 || this.#gone * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#gone);
    this.#gone = 0;
  }
}
