import process from 'node:process';
import { threadId } from 'node:worker_threads';
import { Type } from 'typebox';
import type { Clock } from '#base/clock.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import type { Sender } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { until } from '#runtime/until.ts';

/** Small kinds that do one thing the host must cope with. */

const Any = Type.Unknown();
const words = { version: 1, title: 'Probe', icon: 'circle', examples: [] } as const;
const never = new Promise<never>(() => {});

/** Sends the messages of its settings, then ends. */
export const list = defineComponent({
  ...words,
  kind: 'probe.list',
  summary: 'Sends a list.',
  settings: Type.Object({ messages: Type.Array(Any, { default: [] }) }),
  ports: { out: output(Any) },
  contract: 'LIST = out -> LIST |~| out.end -> SKIP',
  *run({ settings, io }) {
    for (const message of settings.messages) if (!(yield* io.out.send(message))) return;
  },
});

/** Sends something that no JSON can say: what it is, is chosen by name. */
export const strange = defineComponent({
  ...words,
  kind: 'probe.strange',
  summary: 'Sends what is not JSON.',
  settings: Type.Object({}),
  ports: { out: output(Any) },
  contract: 'STRANGE = out -> STRANGE |~| out.end -> SKIP',
  *run({ io }) {
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    for (const value of [undefined, 1n, ring, () => 1, Number.NaN, new Map([[1, 2]])]) yield* io.out.send(value);
  },
});

/** Rejects every text, passes everything else with how much it has seen. */
export const picky = defineComponent({
  ...words,
  kind: 'probe.picky',
  summary: 'Rejects texts.',
  settings: Type.Object({}),
  ports: { in: input(Any), out: output(Any) },
  contract: 'PICKY = in -> (out -> PICKY |~| err -> PICKY |~| PICKY) [] in.end -> out.end -> SKIP',
  *run({ io, reject }) {
    for (let seen = 1; ; seen++) {
      const item = yield* io.in.receive();
      if (item.ended) return;
      if (typeof item.value === 'string') yield* reject(item.value, new TypeError(`a text: ${item.value}`));
      else yield* io.out.send([seen, item.value]);
    }
  },
});

/** Sends what it was handed: settings as they came, the number of channels, one line to the log, two numbers. */
export const mirror = defineComponent({
  ...words,
  kind: 'probe.mirror',
  version: 3,
  summary: 'Says what it was handed.',
  settings: Type.Object({ name: Type.String({ default: 'nobody' }), size: Type.Integer({ default: 7 }) }),
  ports: { in: many(optional(input(Any))), out: many(output(Any)), more: optional(output(Any)) },
  contract: 'MIRROR = SKIP',
  migrate: ({ called, ...rest }, fromVersion) => ({ ...rest, name: `${String(called)} of ${fromVersion}` }),
  *run({ settings, io, log, metrics, random }) {
    log('info', 'mirror', { at: 'nowhere' });
    metrics.count('seen');
    metrics.gauge('nonsense', Number.NaN);
    yield* io.more.send('into nothing');
    const first = yield* (io.in[0] as (typeof io.in)[number]).receive();
    for (const [index, out] of io.out.entries()) {
      yield* (out as Sender<unknown>).send({ index, of: io.out.length, inputs: io.in.length, first, settings, random: random() });
    }
  },
});

/** Waits for a promise that never settles; `how` says where. */
export const hanging = defineComponent({
  ...words,
  kind: 'probe.hanging',
  summary: 'Never comes back.',
  settings: Type.Object({ how: Type.String({ default: 'body' }) }),
  ports: {},
  contract: 'HANGING = SKIP',
  *run({ settings: { how }, clock }) {
    try {
      if (how === 'clock') yield* sleep(clock, 1e12);
      else yield* until(() => never);
    } finally {
      if (how === 'finally') yield* until(() => never);
      if (how === 'throws') JSON.parse('not even the end goes well');
    }
  },
});

/** Throws at once, or after a message. */
export const failing = defineComponent({
  ...words,
  kind: 'probe.failing',
  summary: 'Throws.',
  settings: Type.Object({ late: Type.Boolean({ default: false }) }),
  ports: { in: optional(input(Any)) },
  contract: 'FAILING = SKIP',
  *run({ settings, io }) {
    if (settings.late) yield* io.in.receive();
    throw new RangeError('too far');
  },
});

/** Keeps a timer of the machine for as long as its session lasts. */
export const ticking = defineComponent({
  ...words,
  kind: 'probe.ticking',
  summary: 'Sends a number again and again.',
  settings: Type.Object({ everyMs: Type.Integer({ default: 60_000 }) }),
  ports: { out: output(Any) },
  contract: 'TICKING = out -> TICKING',
  *run({ settings, io, clock, signal }) {
    const beat = setInterval(() => {}, 60_000);
    signal.addEventListener('abort', () => clearInterval(beat), { once: true });
    for (let number = 1; ; number++) {
      if (!(yield* io.out.send(number))) return;
      yield* sleep(clock as Clock, settings.everyMs);
    }
  },
});

/** Sends which thread it is in and what that holds open, and waits to be stopped. */
export const resources = defineComponent({
  ...words,
  kind: 'probe.resources',
  summary: 'Sends what its thread holds.',
  settings: Type.Object({}),
  ports: { out: output(Any) },
  contract: 'RESOURCES = out -> STOP',
  *run({ io }) {
    yield* io.out.send({ thread: threadId, holds: process.getActiveResourcesInfo() });
    yield* until(() => never);
  },
});

/** Sends without end, as fast as it is taken. */
export const endless = defineComponent({
  ...words,
  kind: 'probe.endless',
  summary: 'Sends numbers.',
  settings: Type.Object({}),
  ports: { out: output(Any) },
  contract: 'ENDLESS = out -> ENDLESS',
  *run({ io }) {
    for (let number = 1; yield* io.out.send(number); number++);
  },
});

/** Computes on every message before it passes it on. */
export const burning = defineComponent({
  ...words,
  kind: 'probe.burning',
  summary: 'Computes.',
  settings: Type.Object({}),
  ports: { in: input(Any), out: output(Any) },
  contract: 'BURNING = in -> out -> BURNING [] in.end -> out.end -> SKIP',
  *run({ io }) {
    for (let item = yield* io.in.receive(); !item.ended; item = yield* io.in.receive())
      yield* io.out.send(burn(Number(item.value)));
  },
});

function burn(from: number): number {
  let sum = from;
  for (let number = 0; number < 500_000; number++) sum += Math.sqrt(sum + number);
  return sum;
}

/** Takes one message, then waits for ever. */
export const stalling = defineComponent({
  ...words,
  kind: 'probe.stalling',
  summary: 'Takes one message.',
  settings: Type.Object({}),
  ports: { in: input(Any) },
  contract: 'STALLING = in -> STOP [] in.end -> SKIP',
  *run({ io }) {
    yield* io.in.receive();
    yield* until(() => never);
  },
});

/** Does the worst to its thread: `how` says what. */
export const hostile = defineComponent({
  ...words,
  kind: 'probe.hostile',
  summary: 'Never yields, fills the memory, or ends the thread.',
  settings: Type.Object({ how: Type.String({ default: 'spin' }), afterMs: Type.Integer({ default: 0 }) }),
  ports: {},
  contract: 'HOSTILE = SKIP',
  *run({ settings: { how, afterMs }, clock }) {
    yield* sleep(clock as Clock, afterMs);
    const hoard: unknown[] = [];
    if (how === 'exit') process.exit(3);
    while (how === 'spin') hoard.length = 0;
    for (; how === 'leak'; yield* sleep(clock as Clock, 0)) hoard.push(Array.from({ length: 100_000 }, (_, n) => ({ n })));
    yield* until(() => never);
  },
});
