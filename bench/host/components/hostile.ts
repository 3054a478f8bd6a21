import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { output } from '#kit/ports.ts';
import { sleep } from '#runtime/sleep.ts';
import { until } from '#runtime/until.ts';

/** What a server must bear, one kind each. */

const words = { version: 1, icon: 'bomb', examples: [], ports: {}, contract: 'HOSTILE = SKIP' } as const;

/** Computes and never yields. */
export const spin = defineComponent({
  ...words,
  kind: 'bench.spin',
  title: 'Spin',
  summary: 'Never yields.',
  settings: Type.Object({}),
  *run({ clock }) {
    yield* sleep(clock, 0);
    for (let n = 0; n >= 0; ) n = (n + 1) % 1_000_003;
  },
});

/** Keeps everything, as fast as it can. */
export const hoard = defineComponent({
  ...words,
  kind: 'bench.hoard',
  title: 'Hoard',
  summary: 'Fills the memory.',
  settings: Type.Object({}),
  *run({ clock }) {
    const kept: unknown[] = [];
    for (;;) {
      kept.push(Array.from({ length: 20_000 }, (_, n) => ({ n })));
      yield* sleep(clock, 0);
    }
  },
});

/** Sends, logs and asks without end. */
export const flood = defineComponent({
  ...words,
  kind: 'bench.flood',
  title: 'Flood',
  summary: 'Sends, logs and asks as fast as it can.',
  settings: Type.Object({}),
  ports: { out: output(Type.Unknown()) },
  contract: 'FLOOD = out -> FLOOD',
  *run({ io, log, http }) {
    // Nobody listens there, which is the quickest answer there is.
    const ask = (): Promise<Response> => http(new Request('http://127.0.0.1:1/'));
    for (let number = 0; ; number++) {
      if (!(yield* io.out.send({ number, text: 'x'.repeat(100) }))) return;
      if (number % 100 > 0) continue;
      log('error', 'a flood of lines', { number });
      if (number % 1_000 === 0) yield* until(Promise.allSettled(Array.from({ length: 20 }, ask)));
    }
  },
});
