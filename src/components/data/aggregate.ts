import { type Static, Type } from 'typebox';
import { defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, output } from '#kit/ports.ts';
import { after, fairAlt, never } from '#runtime/alt.ts';
import type { Guard, Operation, Received, Receiver, Sender } from '#runtime/port.ts';
import { Groups, type SavedGroups } from './aggregate/groups.ts';

export const messageUnfit = defineError('DATA_AGGREGATE_UNFIT', 'input', 'The message cannot be counted in.');

const Measure = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'The field of the result.' }),
    measure: Type.Union(
      (['count', 'sum', 'avg', 'min', 'max', 'distinct', 'percentile'] as const).map((name) => Type.Literal(name)),
      { default: 'count', description: 'What is measured. min and max also compare texts, such as dates.' },
    ),
    field: Type.String({
      default: '',
      maxLength: 200,
      description: 'Field of the message, such as price or order.total; empty is the message itself.',
    }),
    percent: Type.Number({ minimum: 0, maximum: 100, default: 50, description: 'Which percentile; 50 is the median.' }),
    digits: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 15, description: 'Digits kept after the point; left out keeps all.' }),
    ),
  },
  { additionalProperties: false },
);

const Settings = Type.Object(
  {
    groupBy: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      default: [],
      maxItems: 20,
      description: 'Fields whose values make a group; none puts everything into one.',
    }),
    measures: Type.Array(Measure, {
      default: [{ name: 'count', measure: 'count', field: '', percent: 50 }],
      minItems: 1,
      maxItems: 50,
      description: 'What is measured in each group.',
    }),
    emit: Type.Union([Type.Literal('end'), Type.Literal('every'), Type.Literal('window')], {
      default: 'end',
      description: 'When the groups leave, and counting starts anew: at the end, every so many messages, or after a time.',
    }),
    every: Type.Integer({
      minimum: 1,
      default: 1_000,
      description: 'Messages counted in before the groups leave; for emit "every".',
    }),
    windowMs: Type.Integer({
      minimum: 1,
      default: 60_000,
      unit: 'ms',
      description: 'Time from the first message of a window until its groups leave; for emit "window".',
    }),
    maxGroups: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000, description: 'Groups kept at once.' }),
    maxHeld: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 1_000_000,
      description: 'Values kept at once for distinct and percentile.',
    }),
  },
  { additionalProperties: false },
);

/** AG7: how many inputs are open is all the contract counts; which ones, their channels know. */
function contractOf(emit: Static<typeof Settings>['emit'], inputs: number): string {
  const item = emit === 'end' ? 'READ(k) |~| err -> READ(k)' : 'READ(k) |~| err -> READ(k) |~| out -> MORE(k)';
  const read = `[] i:{0..${inputs - 1}} @ (in.i -> (${item}) [] in.i.end -> OPEN(k-1))`;
  return `
    AGGREGATE = OPEN(${inputs})
    OPEN(k)   = if k == 0 then REST else READ(k)
    READ(k)   = (${read})${emit === 'window' ? ' |~| out -> MORE(k)' : ''}
    ${emit === 'end' ? '' : 'MORE(k)   = READ(k) |~| out -> MORE(k)'}
    REST      = out -> REST |~| END
    END       = out.end -> SKIP
  `;
}

type Event = { readonly is: 'due' } | { readonly is: 'item'; readonly value: unknown } | { readonly is: 'ended' };

/** Messages of several inputs in fair turns, until all have ended. */
class Inputs {
  #open: readonly Receiver<unknown>[];

  constructor(inputs: readonly Receiver<unknown>[]) {
    this.#open = inputs;
  }

  *next(due: Guard): Operation<Event> {
    while (this.#open.length > 0) {
      const [first] = this.#open;
      if (first !== undefined && this.#open.length === 1 && due === never) {
        // Nothing to choose from.
        const { ended, value } = yield* first.receive();
        return ended ? { is: 'ended' } : { is: 'item', value };
      }
      const event = yield* fairAlt([due, ...this.#open]);
      if (event.index === 0) return { is: 'due' };
      const received = event as unknown as Received<unknown>;
      if (!received.ended) return { is: 'item', value: received.value };
      this.#open = this.#open.filter((_, at) => at !== event.index - 1);
    }
    return { is: 'ended' };
  }
}

/** What is counted in, and when the window ends. */
interface Counting {
  readonly groups: SavedGroups;
  readonly counted: number;
  readonly dueMs: number | null;
}

/** False when nobody reads any more. */
function* sendAll(out: Sender<unknown>, groups: Groups): Operation<boolean> {
  for (const message of groups.take()) if (!(yield* out.send(message))) return false;
  return true;
}

/**
 *            ┌───────────┐
 *  in* ──▶───┤ aggregate ├──▶── out
 *            └───────────┘
 * AG1  A message is counted in wholly or not at all; one that cannot be is rejected with the field and the reason.
 * AG2  A value that is null or not there is left out, as in SQL; `count` without a field counts messages.
 * AG3  Sums of decimals are exact, whatever their number and order: 0.1 and 0.2 are 0.3.
 * AG4  The groups leave in the order they first came: at the end, every `every` messages, or `windowMs` after the first.
 * AG5  When groups have left, counting starts anew. What is left leaves at the end. A group without messages never does.
 * AG6  At most `maxGroups` groups and `maxHeld` values are in memory; what would exceed that is rejected.
 */
export const aggregate = defineComponent({
  kind: 'data.aggregate',
  version: 1,
  title: 'Aggregate',
  icon: 'sigma',
  summary: 'Counts, sums and compares messages, in groups.',
  settings: Settings,
  ports: {
    in: many(input(Type.Unknown(), 'Messages to count in.')),
    out: output(Type.Object({}), 'One message a group: its fields and its measures.'),
  },
  contract: ({ emit }, arity) => contractOf(emit, arity['in'] ?? 1),
  check: ({ groupBy, measures }) => {
    const names = [...groupBy, ...measures.map(({ name }) => name)];
    const twice = names.findIndex((name, at) => names.indexOf(name) !== at);
    if (twice < 0) return undefined;
    const pointer = twice < groupBy.length ? `/groupBy/${twice}` : `/measures/${twice - groupBy.length}/name`;
    return { pointer, message: `the result would have two fields named ${names[twice]}` };
  },
  examples: [
    {
      says: 'Sales by town, when all have come.',
      settings: {
        groupBy: ['town'],
        measures: [
          { name: 'sales', measure: 'count' },
          { name: 'total', measure: 'sum', field: 'price' },
        ],
      },
      given: {
        'in[0]': [
          { town: 'Oslo', price: 0.1 },
          { town: 'Bergen', price: 5 },
          { town: 'Oslo', price: 0.2 },
        ],
      },
      gives: {
        out: [
          { town: 'Oslo', sales: 2, total: 0.3 },
          { town: 'Bergen', sales: 1, total: 5 },
        ],
      },
    },
    {
      says: 'Every two numbers; the last one alone. A text is no number.',
      settings: { emit: 'every', every: 2, measures: [{ name: 'mean', measure: 'avg', field: '' }] },
      given: { 'in[0]': [1, 2, 'three', 4] },
      gives: {
        out: [{ mean: 1.5 }, { mean: 4 }],
        err: [
          {
            error: { code: 'DATA_AGGREGATE_UNFIT', message: 'the message is the text "three", not a number' },
            original: 'three',
          },
        ],
      },
    },
    { says: 'Nothing came, so nothing leaves.', given: { 'in[0]': [] }, gives: { out: [] } },
  ],
  state: { version: 1, initial: (): Counting => ({ groups: { held: 0, groups: [] }, counted: 0, dueMs: null }) },
  rests: ['in', 'clock'],
  *run({ settings, io, clock, reject, state }) {
    const groups = new Groups(settings, state.value.groups);
    const inputs = new Inputs(io.in);
    let { counted, dueMs } = state.value;
    let due: Guard = dueMs === null ? never : after(clock, dueMs - clock.now());
    state.save = () => ({ groups: groups.save(), counted, dueMs });
    for (;;) {
      const event = yield* inputs.next(due);
      if (event.is === 'ended') break;
      if (event.is === 'item') {
        const reason = groups.add(event.value);
        if (reason !== undefined) yield* reject(event.value, messageUnfit({ detail: reason }));
        else counted++;
        if (settings.emit === 'window' && dueMs === null && counted > 0) {
          dueMs = clock.now() + settings.windowMs;
          due = after(clock, settings.windowMs);
        }
      }
      if (event.is === 'due' || (settings.emit === 'every' && counted === settings.every)) {
        if (!(yield* sendAll(io.out, groups))) return;
        [counted, dueMs, due] = [0, null, never];
      }
    }
    yield* sendAll(io.out, groups);
  },
});
