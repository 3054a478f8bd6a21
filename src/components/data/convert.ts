import { type Static, Type } from 'typebox';
import { CodedError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import type { Reject } from '#kit/tools.ts';
import type { Operation, Sender } from '#runtime/port.ts';
import { until } from '#runtime/until.ts';
import { CsvReader, CsvWriter, delimiterOf } from './convert/csv.ts';
import { type Found, fault, found, type Reader, textMalformed, type Writer } from './convert/format.ts';
import { JsonArrayWriter, JsonReader } from './convert/json.ts';
import { LineReader, TemplateWriter, templateFault } from './convert/text.ts';

const formats = ['values', 'json', 'ndjson', 'csv', 'text'] as const;
const formatOf = (description: string, fallback: (typeof formats)[number]) =>
  Type.Union(
    formats.map((name) => Type.Literal(name)),
    { default: fallback, description },
  );

const Settings = Type.Object(
  {
    from: formatOf('What comes in: values are messages as they are, the others are text; text is cut into lines.', 'csv'),
    to: formatOf('What goes out: values are messages as they are, the others are text.', 'values'),
    framing: Type.Union([Type.Literal('stream'), Type.Literal('message')], {
      default: 'stream',
      description: 'stream: the messages together are one text, cut anywhere. message: each is a text of its own.',
    }),
    mode: Type.Union([Type.Literal('strict'), Type.Literal('lenient')], {
      default: 'strict',
      description:
        'lenient: missing fields are null, surplus ones are left out, and a quote within an unquoted CSV field is just a quote.',
    }),
    delimiter: Type.String({ pattern: '^([^"\\r\\n]|\\\\t)$', default: ',', description: 'Between CSV fields; \\t is a tab.' }),
    header: Type.Boolean({ default: true, description: 'The first row of CSV names the fields; without it a row is a list.' }),
    detectTypes: Type.Boolean({
      default: true,
      description: 'CSV fields that look like a number, true or false become one, empty ones null. 007 and long ids stay text.',
    }),
    columns: Type.Array(Type.String(), {
      default: [],
      maxItems: 10_000,
      description: 'Fields of written CSV, in this order; none are those of the first message.',
    }),
    elements: Type.Boolean({ default: true, description: 'A JSON array at the top gives one message an element.' }),
    template: Type.String({
      default: '',
      maxLength: 10_000,
      description: 'Line of written text with {{field}} filled in; empty writes the message itself.',
    }),
    maxRecordBytes: Type.Integer({
      minimum: 16,
      maximum: 268_435_456,
      default: 1_048_576,
      unit: 'bytes',
      description: 'Longest row, line or JSON value read.',
    }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

/** Where reading and writing stand between two messages. */
interface Midst {
  readonly reader: unknown;
  readonly writer: unknown;
}

const asTheyAre: Writer = { write: (value) => value, end: () => undefined, save: () => null, restore: () => undefined };

function readerOf(settings: Settings): Reader {
  const strict = settings.mode === 'strict';
  switch (settings.from) {
    case 'csv':
      return new CsvReader({ ...settings, strict });
    case 'json':
      return new JsonReader(settings);
    case 'ndjson':
      return new LineReader({ ...settings, json: true });
    default:
      return new LineReader({ ...settings, json: false });
  }
}

function writerOf(settings: Settings): Writer {
  const strict = settings.mode === 'strict';
  switch (settings.to) {
    case 'csv':
      return new CsvWriter({ ...settings, strict });
    case 'json':
      return settings.framing === 'stream' ? new JsonArrayWriter() : { ...asTheyAre, write: (value) => JSON.stringify(value) };
    case 'ndjson':
      return { ...asTheyAre, write: (value) => `${JSON.stringify(value)}\n` };
    case 'text':
      return new TemplateWriter({ ...settings, strict });
    default:
      return asTheyAre;
  }
}

/** What is read from one incoming message. */
function* read(settings: Settings, stream: Reader, message: unknown): Operation<readonly Found[]> {
  if (settings.from === 'values') return [found(message)];
  if (typeof message !== 'string') {
    const kind = message === null ? 'null' : Array.isArray(message) ? 'a list' : `of type ${typeof message}`;
    return [fault(textMalformed({ detail: `the message is ${kind}; ${settings.from} is read from texts` }), message)];
  }
  if (settings.framing === 'stream') return stream.push(message);
  const reader = readerOf(settings);
  return [...reader.push(message), ...(yield* ended(reader))].map((each) =>
    each.is === 'fault' ? { ...each, original: message, fatal: false } : each,
  );
}

function* ended(reader: Reader): Operation<readonly Found[]> {
  const rest = reader.end();
  return rest instanceof Promise ? yield* until(rest) : rest;
}

/** False when nothing more is to be done: a fatal fault, or nobody reads. */
function* write(finds: readonly Found[], writer: Writer, out: Sender<unknown>, reject: Reject): Operation<boolean> {
  for (const each of finds) {
    if (each.is === 'fault') {
      yield* reject(each.original, each.error);
      if (each.fatal) return false;
      continue;
    }
    let piece: unknown;
    try {
      piece = writer.write(each.value);
    } catch (thrown) {
      if (!(thrown instanceof CodedError)) throw thrown;
      yield* reject(each.value, thrown);
      continue;
    }
    if (!(yield* out.send(piece))) return false;
  }
  return true;
}

/**
 *           ┌─────────┐
 *  in ──▶───┤ convert ├──▶── out
 *           └─────────┘
 * CV1  How the text is cut into messages changes nothing (framing `stream`).
 * CV2  A row or value at fault is rejected with its number, line and reason; the ones after it are read.
 * CV3  What makes the rest unreadable (a quote left open, a record over `maxRecordBytes`) is rejected, and the process ends.
 * CV4  Memory holds at most one record and one piece of text, whatever comes.
 * CV5  Strict refuses what does not fit the header, the columns or the template; lenient makes it fit.
 * CV6  Written CSV has its header once, before the first row; a JSON array is closed at the end, also an empty one.
 */
export const convert = defineComponent({
  kind: 'data.convert',
  version: 1,
  title: 'Convert',
  icon: 'arrow-right-left',
  summary: 'Reads and writes CSV, JSON, NDJSON and lines of text, as they stream by.',
  settings: Settings,
  ports: {
    in: input(Type.Unknown(), 'Text, or values when converting from values.'),
    out: output(Type.Unknown(), 'Values, or text in pieces.'),
  },
  contract: `
    CONVERT = in -> GIVE [] in.end -> REST
    GIVE    = out -> GIVE |~| err -> (GIVE |~| END) |~| CONVERT
    REST    = out -> REST |~| err -> REST |~| END
    END     = out.end -> SKIP
  `,
  check: ({ template, delimiter }) => {
    const fault = templateFault(template);
    if (fault !== undefined) return { pointer: '/template', message: fault };
    return delimiterOf(delimiter) === '\\' ? { pointer: '/delimiter', message: 'must not be a backslash' } : undefined;
  },
  examples: [
    {
      says: 'CSV cut anywhere becomes one message a row.',
      given: { in: ['town,rain\nOslo,', '12.5\n"Bergen, west",', '30\n'] },
      gives: {
        out: [
          { town: 'Oslo', rain: 12.5 },
          { town: 'Bergen, west', rain: 30 },
        ],
      },
    },
    {
      says: 'A ragged row is rejected with its number; the next is read.',
      given: { in: ['a,b\n1\n2,3\n'] },
      gives: {
        out: [{ a: 2, b: 3 }],
        err: [
          {
            error: { code: 'DATA_CONVERT_MALFORMED', message: 'row 1 (line 2) has 1 field, the header names 2' },
            original: ['1'],
          },
        ],
      },
    },
    {
      says: 'Values become CSV: fields in the order of the first, quoted where needed.',
      settings: { from: 'values', to: 'csv' },
      given: {
        in: [
          { a: 1, b: 'x,y' },
          { b: null, a: true },
        ],
      },
      gives: { out: ['a,b\n1,"x,y"\n', 'true,\n'] },
    },
    {
      says: 'The elements of a JSON array become lines.',
      settings: { from: 'json', to: 'ndjson' },
      given: { in: ['[{"a":', '1}, 2]'] },
      gives: { out: ['{"a":1}\n', '2\n'] },
    },
    {
      says: 'No values are an empty array.',
      settings: { from: 'values', to: 'json' },
      given: { in: [] },
      gives: { out: ['[]\n'] },
    },
    {
      says: 'A line for people from each message.',
      settings: { from: 'values', to: 'text', template: '{{ town }}: {{rain.mm}} mm' },
      given: { in: [{ town: 'Oslo', rain: { mm: 3 } }] },
      gives: { out: ['Oslo: 3 mm\n'] },
    },
  ],
  state: { version: 1, initial: (): Midst | null => null },
  rests: ['in'],
  *run({ settings, io, reject, state }) {
    const stream = readerOf(settings);
    const writer = writerOf(settings);
    if (state.value !== null) {
      stream.restore(state.value.reader);
      writer.restore(state.value.writer);
    }
    state.save = () => ({ reader: stream.save(), writer: writer.save() });
    for (;;) {
      const { ended: over, value } = yield* io.in.receive();
      if (over) break;
      if (!(yield* write(yield* read(settings, stream, value), writer, io.out, reject))) return;
    }
    if (!(yield* write(yield* ended(stream), writer, io.out, reject))) return;
    const last = writer.end();
    if (last !== undefined) yield* io.out.send(last);
  },
});
