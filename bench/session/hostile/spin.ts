import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { output } from '#kit/ports.ts';

/** Computes for ever at its first turn and never yields. */
export const spin = defineComponent({
  kind: 'bench.spin',
  version: 1,
  title: 'Spin',
  icon: 'repeat',
  summary: 'Never yields.',
  settings: Type.Object({}),
  ports: { out: output(Type.Unknown()) },
  contract: 'SPIN = out -> SPIN',
  examples: [],
  *run({ io, signal }) {
    while (!signal.aborted);
    yield* io.out.send('');
  },
});
