import { setTimeout as later } from 'node:timers/promises';
import { Type } from 'typebox';
import { CodedError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, optional, output } from '#kit/ports.ts';
import { all } from '#runtime/all.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { until } from '#runtime/until.ts';

/** A kind that makes the mistakes of people: `how` says which. Sends one message when it has made it, if it can. */

interface Ends {
  readonly in: Receiver<unknown>;
  readonly out: Sender<unknown>;
}

const Any = Type.Unknown();
const huge = 12_000_000;

/** How many calls of stray timers came; for tests within one thread. */
export const strays = { calls: 0 };

function again(): void {
  strays.calls++;
  setImmediate(again);
}

function defended(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function coded(facts: Record<string, unknown>, code: unknown = 'PROBE_ODD'): CodedError {
  return new CodedError({ code: code as string, blame: 'input', sentence: 'An odd error.' }, { facts });
}

const ring: Record<string, unknown> = {};
ring['self'] = ring;

const thrown: Readonly<Record<string, () => unknown>> = {
  error: () => new RangeError('too far'),
  nothing: () => undefined,
  symbol: () => Symbol('odd'),
  bare: () => Object.create(null),
  defended,
  nameless: () => new TypeError(),
  long: () => new Error('x'.repeat(10_485_760)),
  unstorable: () => new Error('half \ud800 and nul \0'),
  'coded with a ring': () => coded({ ring, big: 1n, fn: () => 1 }),
  'coded by a symbol': () => coded({}, Symbol('code')),
};

const messages: Readonly<Record<string, () => unknown>> = {
  functions: () => ({ call: () => 1 }),
  big: () => ({ whole: 10n }),
  ring: () => ring,
  huge: () => 'x'.repeat(huge),
  deep: () => Array.from({ length: 100_000 }).reduce((inner) => [inner], []),
  defended,
  'not to be told': () => ({
    toJSON() {
      throw new Error('no');
    },
    get [Symbol.toStringTag]() {
      throw new Error('no');
    },
  }),
};

const does: Readonly<Record<string, (io: Ends) => Operation<void>>> = {
  *rubbish() {
    yield 5 as never;
  },
  *'a promise'() {
    yield Promise.resolve() as never;
  },
  *'sends after the end'({ out }) {
    yield* out.end();
    yield* out.send(1);
  },
  *'receives twice'({ in: input }) {
    // The next message is not there yet.
    yield* input.receive();
    yield* all([input.receive(), input.receive()]);
  },
  *'leaves timers'({ out }) {
    setInterval(() => strays.calls++, 1);
    setInterval(() => strays.calls++, 1);
    setTimeout(() => strays.calls++, 1e6);
    clearTimeout(setTimeout(() => strays.calls++, 0));
    again();
    yield* out.send('done');
  },
  *'ends its timers'({ out }) {
    const timer = setInterval(() => strays.calls++, 1);
    const closed = setTimeout(() => strays.calls++, 1e6);
    try {
      yield* until(new Promise<void>((resolve) => void setTimeout(resolve, 1)));
      yield* out.send('done');
    } finally {
      clearInterval(timer);
      closed.close();
    }
  },
  *'leaves timers later'({ out }) {
    const afterwards = async (): Promise<void> => {
      await later(1);
      setInterval(() => strays.calls++, 1);
    };
    yield* until(afterwards());
    yield* out.send('done');
  },
  *'throws in a timer'({ in: input }) {
    setTimeout(() => JSON.parse('in a timer'), 1);
    yield* input.receive();
    yield* until(new Promise<never>(() => {}));
  },
  *'rejects unheard'() {
    void later(1).then(() => JSON.parse('unheard'));
    yield* until(new Promise<never>(() => {}));
  },
};

export const misbehaving = defineComponent({
  version: 1,
  title: 'Probe',
  icon: 'circle',
  examples: [],
  kind: 'probe.misbehaving',
  summary: 'Makes a mistake.',
  settings: Type.Object({
    how: Type.String({ default: '' }),
    throws: Type.String({ default: '' }),
    sends: Type.String({ default: '' }),
  }),
  ports: { in: optional(input(Any)), out: optional(output(Any)) },
  contract: 'MISBEHAVING = SKIP',
  *run({ settings: { how, throws, sends }, io }) {
    const what = thrown[throws];
    if (what !== undefined) throw what();
    const message = messages[sends];
    if (message !== undefined) yield* io.out.send(message());
    yield* does[how]?.(io) ?? [];
  },
});

/** A kind whose settings of version 1 cannot be brought to version 2. */
export const forgetful = defineComponent({
  version: 2,
  title: 'Probe',
  icon: 'circle',
  examples: [],
  kind: 'probe.forgetful',
  summary: 'Has forgotten its first version.',
  settings: Type.Object({}),
  ports: {},
  contract: 'FORGETFUL = SKIP',
  migrate() {
    throw coded({ ring, big: 1n });
  },
  *run() {},
});
