/** The processes of the cases, as a component author writes them. */
import { Type } from 'typebox';
import { type AnyComponent, defineComponent } from '#kit/define-component.ts';
import { input, many, output } from '#kit/ports.ts';
import { fairAlt } from '#runtime/alt.ts';

const number = Type.Number();
const said = { version: 1, icon: 'timer', summary: 'A process of the benchmarks.', contract: '', examples: [] } as const;
const none = Type.Object({});
const counted = Type.Object({ count: Type.Integer({ default: 1 }) });
const through = { in: input(number), out: output(number) };

const source = defineComponent({
  ...said,
  kind: 'bench.source',
  title: 'Source',
  settings: Type.Object({ from: Type.Integer({ default: 0 }), to: Type.Integer({ default: 1 }) }),
  ports: { out: output(number) },
  *run({ settings, io }) {
    for (let i = settings.from; i < settings.to; i++) yield* io.out.send(i);
  },
});

const forward = defineComponent({
  ...said,
  kind: 'bench.forward',
  title: 'Forward',
  settings: none,
  ports: through,
  *run({ io }) {
    for (;;) {
      const got = yield* io.in.receive();
      if (got.ended) return;
      yield* io.out.send(got.value + 1);
    }
  },
});

const sink = defineComponent({
  ...said,
  kind: 'bench.sink',
  title: 'Sink',
  settings: none,
  ports: { in: input(number) },
  *run({ io }) {
    while (!(yield* io.in.receive()).ended);
  },
});

/** The same as forward and sink, as steps. */
const stepForward = defineComponent({
  ...said,
  kind: 'bench.step-forward',
  title: 'Forward by steps',
  settings: none,
  ports: through,
  steps: ({ emit }) => ({ step: (value: number) => emit.out(value + 1) }),
});

const stepSink = defineComponent({
  ...said,
  kind: 'bench.step-sink',
  title: 'Sink by steps',
  settings: none,
  ports: { in: input(number) },
  steps: () => ({ step() {} }),
});

const idle = defineComponent({
  ...said,
  kind: 'bench.idle',
  title: 'Idle',
  settings: none,
  ports: through,
  *run({ io }) {
    yield* io.in.receive();
  },
});

const caller = defineComponent({
  ...said,
  kind: 'bench.caller',
  title: 'Caller',
  settings: counted,
  ports: through,
  *run({ settings, io }) {
    for (let i = 0; i < settings.count; i++) {
      yield* io.out.send(i);
      yield* io.in.receive();
    }
  },
});

const prefix = defineComponent({
  ...said,
  kind: 'bench.prefix',
  title: 'Prefix',
  settings: none,
  ports: through,
  *run({ io }) {
    yield* io.out.send(0);
    for (;;) {
      const got = yield* io.in.receive();
      if (got.ended || !(yield* io.out.send(got.value))) return;
    }
  },
});

const delta = defineComponent({
  ...said,
  kind: 'bench.delta',
  title: 'Delta',
  settings: none,
  ports: { in: input(number), out: output(number), seen: output(number) },
  *run({ io }) {
    for (;;) {
      const got = yield* io.in.receive();
      if (got.ended || !(yield* io.seen.send(got.value))) return;
      yield* io.out.send(got.value);
    }
  },
});

const taker = defineComponent({
  ...said,
  kind: 'bench.taker',
  title: 'Taker',
  settings: counted,
  ports: { in: input(number) },
  *run({ settings, io }) {
    for (let left = settings.count; left > 0; left--) yield* io.in.receive();
  },
});

const select = defineComponent({
  ...said,
  kind: 'bench.select',
  title: 'Select',
  settings: counted,
  ports: { in: many(input(number)) },
  *run({ settings, io }) {
    for (let left = settings.count; left > 0; left--) yield* fairAlt(io.in);
  },
});

const indivisible = defineComponent({
  ...said,
  kind: 'bench.indivisible',
  title: 'Indivisible',
  settings: none,
  ports: through,
  *run({ io }) {
    const first = yield* io.in.receive();
    if (first.ended) return;
    for (;;) {
      const got = yield* io.in.receive();
      if (got.ended) return;
      if (got.value % first.value !== 0) yield* io.out.send(got.value);
    }
  },
});

export const benchComponents: readonly AnyComponent[] = [
  source,
  forward,
  sink,
  stepForward,
  stepSink,
  caller,
  idle,
  prefix,
  delta,
  taker,
  select,
  indivisible,
];
