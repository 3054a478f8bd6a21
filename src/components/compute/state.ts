import { type Static, Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { many, serves } from '#kit/ports.ts';
import { sameJson } from '#model/edits/diff.ts';
import { fairAlt, when } from '#runtime/alt.ts';

const Operation = Type.Union([
  Type.Object({ op: Type.Literal('get') }),
  Type.Object({ op: Type.Literal('put'), value: Type.Unknown() }),
  Type.Object({ op: Type.Literal('compare-and-set'), expected: Type.Unknown(), value: Type.Unknown() }),
]);

const Held = Type.Object({ value: Type.Unknown(), changed: Type.Boolean() });
type Held = Static<typeof Held>;

/**
 *            ┌───────┐
 *  op* ═══▶──┤ state │
 *            └───────┘
 * V1  Requests are done one after the other, each completely; each is answered with the value there is then, and whether it was changed.
 * V2  `put` sets the value. `compare-and-set` sets it only where it equals `expected`, as JSON. `get` leaves it.
 * V3  A request that is none of these is answered as failed, and changes nothing.
 * V4  Of clients that ask at once, none is served twice before another that waits.
 * V5  When all clients have ended, it ends.
 */
export const state = defineComponent({
  kind: 'compute.state',
  version: 1,
  title: 'State',
  icon: 'database',
  summary: 'Keeps one value that any number of clients read and change by calls, one at a time.',
  settings: Type.Object({
    initial: Type.Unknown({ default: null, description: 'The value at the start.' }),
  }),
  ports: {
    op: many(
      serves(
        Operation,
        Held,
        'Calls { op: "get" }, { op: "put", value } or { op: "compare-and-set", expected, value }, one channel a client.',
      ),
    ),
  },
  contract: (_settings, { op: clients = 0 }) => `
    STATE = OPEN(${clients})
    OPEN(n) = if n == 0 then SKIP else [] i:{0..${clients - 1}} @ op.i.ask -> op.i.reply -> OPEN(n) [] op.i.end -> OPEN(n - 1)
  `,
  examples: [
    {
      says: 'What was put is what is got.',
      settings: { initial: 0 },
      given: { op: [{ op: 'get' }, { op: 'put', value: 7 }, { op: 'get' }] },
      gives: {
        op: [
          { value: 0, changed: false },
          { value: 7, changed: true },
          { value: 7, changed: false },
        ],
      },
    },
    {
      says: 'It is set only where it is what was expected.',
      settings: { initial: { free: 3 } },
      given: {
        op: [
          { op: 'compare-and-set', expected: { free: 3 }, value: { free: 2 } },
          { op: 'compare-and-set', expected: { free: 3 }, value: { free: 0 } },
        ],
      },
      gives: {
        op: [
          { value: { free: 2 }, changed: true },
          { value: { free: 2 }, changed: false },
        ],
      },
    },
    {
      says: 'What is no operation fails.',
      given: { op: [{ op: 'add', value: 1 }] },
      gives: {
        op: [
          {
            failed: {
              code: 'COMPUTE_STATE_OPERATION',
              message: 'A request is { op: "get" }, { op: "put", value } or { op: "compare-and-set", expected, value }.',
            },
          },
        ],
      },
    },
  ],
  *run({ settings, io }) {
    let value = settings.initial;
    const open = io.op.map(() => true);
    while (open.includes(true)) {
      const event = yield* fairAlt(io.op.map((client, i) => when(open[i] === true, client)));
      if (event.ended) {
        open[event.index] = false;
        continue;
      }
      const request = event.value;
      const change = changeOf(request.value, value);
      if (change === undefined) {
        yield* request.fail('COMPUTE_STATE_OPERATION', noOperation);
        continue;
      }
      if (change.changed) ({ value } = change);
      yield* request.reply({ value, changed: change.changed });
    }
  },
});

const noOperation = 'A request is { op: "get" }, { op: "put", value } or { op: "compare-and-set", expected, value }.';

function changeOf(request: unknown, value: unknown): Held | undefined {
  const asked = request as { op?: unknown; value?: unknown; expected?: unknown } | null;
  if (asked === null || typeof asked !== 'object') return undefined;
  if (asked.op === 'get') return { value, changed: false };
  if (!Object.hasOwn(asked, 'value')) return undefined;
  if (asked.op === 'put') return { value: asked.value, changed: true };
  if (asked.op !== 'compare-and-set' || !Object.hasOwn(asked, 'expected')) return undefined;
  return { value: asked.value, changed: sameJson(asked.expected, value) };
}
