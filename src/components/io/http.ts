import { type Static, Type } from 'typebox';
import type { Clock } from '#base/clock.ts';
import { CodedError, defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { readJson } from '#kit/json.ts';
import { input, output } from '#kit/ports.ts';
import type { Tools } from '#kit/tools.ts';
import type { Operation } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { until } from '#runtime/until.ts';
import { addressFault, Hosts } from './http/address.ts';
import { type Answer, type Ask, exchange, noAnswer } from './http/exchange.ts';
import { filled } from './http/template.ts';

export const statusRefused = defineError('IO_HTTP_STATUS', 'world', 'The server answered with an error.');
export const answerUnreadable = defineError('IO_HTTP_UNREADABLE', 'world', 'The answer is not what the setting answer says.');
export const secretMissing = defineError('IO_HTTP_SECRET', 'input', 'There is no secret of this name.');

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const Settings = Type.Object(
  {
    method: Type.Union(
      methods.map((name) => Type.Literal(name)),
      { default: 'GET', description: 'What is asked.' },
    ),
    url: Type.String({
      default: 'http://localhost/',
      minLength: 1,
      maxLength: 4_000,
      description: 'Address; {{field}} is filled in from the message, percent-encoded.',
    }),
    headers: Type.Record(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }), Type.String({ maxLength: 8_000 }), {
      default: {},
      description: 'Headers by name; {{field}} is filled in.',
    }),
    body: Type.Union([Type.Literal('none'), Type.Literal('message'), Type.Literal('template')], {
      default: 'none',
      description: 'What is sent: nothing, the message (a text as it is, anything else as JSON), or the template.',
    }),
    template: Type.String({ default: '', maxLength: 100_000, description: 'The body with {{field}} filled in.' }),
    secret: Type.String({
      default: '',
      maxLength: 200,
      description: 'Name of a secret sent as authorization; empty sends none.',
    }),
    secretPrefix: Type.String({ default: 'Bearer ', maxLength: 100, description: 'Written before the secret.' }),
    answer: Type.Union([Type.Literal('auto'), Type.Literal('json'), Type.Literal('text'), Type.Literal('base64')], {
      default: 'auto',
      description: 'How the body of the answer is read; auto goes by its content type.',
    }),
    errorStatus: Type.Union([Type.Literal('reject'), Type.Literal('pass')], {
      default: 'reject',
      description: 'What becomes of an answer with status 400 and up.',
    }),
    timeoutMs: Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 30_000,
      unit: 'ms',
      description: 'Longest one attempt may take.',
    }),
    retries: Type.Integer({
      minimum: 0,
      maximum: 20,
      default: 2,
      description: 'Further attempts after no answer or status 408, 425, 429, 500, 502, 503 or 504.',
    }),
    retryUnsafe: Type.Boolean({ default: false, description: 'Also repeat POST and PATCH, which may then be done twice.' }),
    backOffMs: Type.Integer({
      minimum: 1,
      maximum: 600_000,
      default: 500,
      unit: 'ms',
      description: 'Wait before the first further attempt; doubles each time to at most a minute, with some chance.',
    }),
    allowedHosts: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
      default: [],
      maxItems: 100,
      description: 'Hosts a request or redirect may go to; *.example.com is all below. None: only the host of the address.',
    }),
    maxResponseBytes: Type.Integer({
      minimum: 1,
      maximum: 268_435_456,
      default: 10_485_760,
      unit: 'bytes',
      description: 'Largest answer.',
    }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

const worthRepeating = new Set([408, 425, 429, 500, 502, 503, 504]);
const longestWaitMs = 60_000;

function* askOf(settings: Settings, hosts: Hosts, secret: Tools['secret'], message: unknown): Operation<Ask> {
  const { method, body, template } = settings;
  const headers = Object.fromEntries(
    Object.entries(settings.headers).map(([name, value]) => [name.toLowerCase(), filled(value, message)]),
  );
  const address = hosts.addressOf(settings.url, message);
  const text = body === 'none' ? undefined : body === 'template' ? filled(template, message) : textOf(message);
  if (body === 'message' && typeof message !== 'string') headers['content-type'] ??= 'application/json';
  const credentials = settings.secret === '' ? {} : { authorization: yield* credentialOf(settings, secret) };
  const sends = method !== 'GET' && method !== 'HEAD';
  return { method, address, headers, credentials, body: sends ? text : undefined };
}

const textOf = (message: unknown): string => (typeof message === 'string' ? message : JSON.stringify(message));

function* credentialOf({ secret: name, secretPrefix }: Settings, secret: Tools['secret']): Operation<string> {
  const value = yield* until(secret(name));
  if (value === undefined) throw secretMissing({ detail: `there is no secret named ${name}`, facts: { name } });
  return secretPrefix + value;
}

/** HT3: attempts until one is answered, or no more are left. */
function* attempts(tools: Tools, settings: Settings, hosts: Hosts, ask: Ask): Operation<Answer> {
  const isSafe = ask.method !== 'POST' && ask.method !== 'PATCH';
  const most = isSafe || settings.retryUnsafe ? settings.retries : 0;
  for (let tried = 0; ; tried++) {
    let waitMs = backOff(settings.backOffMs, tried, tools.random);
    try {
      const answer = yield* until((signal) => {
        const both = AbortSignal.any([tools.signal, signal]);
        return exchange({ ...tools, signal: both }, hosts, ask, { ...settings, maxRedirects: 5 });
      });
      if (tried >= most || !worthRepeating.has(answer.status)) return answer;
      waitMs = retryAfter(answer, tools.clock) ?? waitMs;
    } catch (thrown) {
      if (!(thrown instanceof CodedError) || thrown.code !== noAnswer().code || tried >= most) throw thrown;
    }
    tools.metrics.count('retries');
    yield* sleep(tools.clock, waitMs);
  }
}

// Between half and the whole, so that many who failed together do not come back together.
function backOff(firstMs: number, tried: number, random: () => number): number {
  return Math.min(firstMs * 2 ** tried, longestWaitMs) * (0.5 + random() / 2);
}

function retryAfter({ headers }: Answer, clock: Clock): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const waitMs = /^[0-9]+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - clock.now();
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestWaitMs);
}

function bodyOf({ bytes, headers }: Answer, answer: Settings['answer']): unknown {
  const type = headers['content-type'] ?? '';
  const as = answer !== 'auto' ? answer : /^[^;]*[/+]json\b/i.test(type) ? 'json' : isTextual(type) ? 'text' : 'base64';
  if (as === 'base64') return Buffer.from(bytes).toString('base64');
  const text = decoderFor(type).decode(bytes);
  if (as === 'text') return text;
  if (text === '') return null;
  try {
    return readJson(text);
  } catch (cause) {
    throw answerUnreadable({ detail: `the answer is not JSON: ${(cause as Error).message}`, cause });
  }
}

function decoderFor(type: string): InstanceType<typeof TextDecoder> {
  const [, label = 'utf-8'] = /charset="?([^;"\s]+)/i.exec(type) ?? [];
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}

const isTextual = (type: string): boolean =>
  type === '' || /^(text\/|application\/(xml|javascript|x-www-form-urlencoded))/i.test(type);

function messageFrom(answer: Answer, { errorStatus, answer: as }: Settings): object {
  const { status, headers } = answer;
  if (errorStatus === 'reject' && status >= 400) {
    const start = Buffer.from(answer.bytes).toString('utf8', 0, 300);
    throw statusRefused({ detail: `the server answered ${status}: ${start}`, facts: { status } });
  }
  return { status, headers, body: bodyOf(answer, as) };
}

/**
 *           ┌──────┐
 *  in ──▶───┤ http ├──▶── out
 *           └──────┘
 * HT1  Each message makes one request, and its answer leaves as `{ status, headers, body }`, in the order of the messages.
 * HT2  What the message brings never changes the host, the path or the query beyond its place: fields are encoded.
 * HT3  No answer and passing errors are tried again, later and later; a `Retry-After` is heeded. POST and PATCH only if allowed.
 * HT4  Requests and redirects go only to allowed hosts; a secret only to the first.
 * HT5  An attempt ends after `timeoutMs`; an answer over `maxResponseBytes` is cut off and rejected, never held.
 * HT6  A request that cannot be made, stays unanswered or is answered with an error is rejected with the reason.
 */
export const http = defineComponent({
  kind: 'io.http',
  version: 1,
  title: 'HTTP request',
  icon: 'globe',
  summary: 'Asks a server for each message, and sends its answer on.',
  settings: Settings,
  ports: {
    in: input(Type.Unknown(), 'Makes a request; its fields fill in the address, headers and body.'),
    out: output(Type.Object({}), 'The answer: status, headers, body.'),
  },
  contract: 'HTTP = in -> (out -> HTTP |~| err -> HTTP) [] in.end -> out.end -> SKIP',
  check: ({ url, allowedHosts }) => {
    const message = addressFault(url, allowedHosts);
    return message === undefined ? undefined : { pointer: '/url', message };
  },
  examples: [
    {
      says: 'A message that lacks what the address needs is rejected, and nothing is sent.',
      settings: { url: 'https://api.example.com/towns/{{town}}' },
      given: { in: [{ city: 'Oslo' }] },
      gives: {
        err: [
          {
            error: { code: 'IO_HTTP_SLOT', message: 'the request needs the field town, which is not there' },
            original: { city: 'Oslo' },
          },
        ],
      },
    },
    { says: 'No message, no request.', settings: { url: 'https://api.example.com/' }, given: { in: [] }, gives: { out: [] } },
  ],
  rests: ['in'],
  *run(context) {
    const { settings, io, reject } = context;
    const hosts = new Hosts(settings.url, settings.allowedHosts);
    for (;;) {
      const { ended, value } = yield* io.in.receive();
      if (ended) return;
      let message: object;
      try {
        const ask = yield* askOf(settings, hosts, context.secret, value);
        message = messageFrom(yield* attempts(context, settings, hosts, ask), settings);
      } catch (thrown) {
        if (!(thrown instanceof CodedError)) throw thrown;
        yield* reject(value, thrown);
        continue;
      }
      if (!(yield* io.out.send(message))) return;
    }
  },
});
