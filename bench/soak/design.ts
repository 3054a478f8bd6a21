import { Type } from 'typebox';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import type { DesignBody } from '#model/design.ts';
import { designOf } from '../designs.ts';

const Reading = Type.Object({ number: Type.Integer(), temp: Type.Number() });
const said = { version: 1, icon: 'repeat', summary: 'A process of the soak.', contract: 'P = STOP', examples: [] } as const;

const readings = defineComponent({
  ...said,
  kind: 'bench.readings',
  title: 'Readings',
  settings: Type.Object({}),
  ports: { out: output(Reading) },
  *run({ io }) {
    for (let number = 0; ; number = (number + 1) % 1_000_000) {
      if (!(yield* io.out.send({ number, temp: (number % 60) - 20 }))) return;
    }
  },
});

/** Fails when it has lived for a while: long enough for its restarts not to count as one after the other (S9). */
const mortal = defineComponent({
  ...said,
  kind: 'bench.mortal',
  title: 'Mortal',
  settings: Type.Object({ livesMs: Type.Integer({ default: 10_500 }) }),
  ports: { in: input(Reading), out: output(Reading) },
  *run({ settings, io, clock }) {
    const endMs = clock.now() + settings.livesMs;
    for (;;) {
      const { ended, value } = yield* io.in.receive();
      if (ended) return;
      if (clock.now() >= endMs) throw new Error('it has lived long enough');
      if (!(yield* io.out.send(value))) return;
    }
  },
});

export const soakCatalog = createCatalog([...components, readings, mortal]);

const payload = { number: 1, temp: 7.5 };
const nodes = {
  plain: { kind: 'bench.readings' },
  copied: { kind: 'io.manual', settings: { payload, repeat: 0, intervalMs: 0 } },
  'new-ones': { kind: 'bench.readings' },
  'old-ones': { kind: 'bench.readings' },
  late: { kind: 'bench.readings' },
  fair: { kind: 'flow.choice', settings: { prefer: 'fair' } },
  merge: { kind: 'flow.merge' },
  buffer: { kind: 'flow.buffer', settings: { capacity: 20 } },
  all: { kind: 'flow.broadcast' },
  warm: { kind: 'data.filter', settings: { by: 'rules', rules: [{ field: 'temp', op: '>', value: 0 }] } },
  mortal: { kind: 'bench.mortal', onFailure: 'restart' },
  clumsy: {
    kind: 'compute.discard',
    settings: { action: 'fail', after: 1_000, message: 'every thousandth fails' },
    onFailure: 'skip',
  },
  first: { kind: 'flow.choice', settings: { prefer: 'priority' } },
  sink: { kind: 'compute.discard' },
};

/** All policies, rendezvous and buffers, fair and prioritised choice, output guards (broadcast), failures skipped and restarted. */
const connections = {
  c1: { from: 'plain.out', to: 'fair.in[0]' },
  c2: { from: 'copied.out', to: 'fair.in[1]', capacity: 16 },
  c3: { from: 'new-ones.out', to: 'fair.in[2]', capacity: 8, policy: 'drop-oldest' },
  c4: { from: 'old-ones.out', to: 'fair.in[3]', capacity: 8, policy: 'drop-newest' },
  c5: { from: 'fair.out', to: 'merge.in[0]' },
  c6: { from: 'late.out', to: 'merge.in[1]', capacity: 4 },
  c7: { from: 'merge.out', to: 'buffer.in' },
  c8: { from: 'buffer.out', to: 'all.in', capacity: 64 },
  c9: { from: 'all.out[0]', to: 'warm.in' },
  c10: { from: 'all.out[1]', to: 'mortal.in', capacity: 32, policy: 'drop-oldest' },
  c11: { from: 'all.out[2]', to: 'clumsy.in', capacity: 4 },
  c12: { from: 'warm.match', to: 'first.in[0]' },
  c13: { from: 'warm.rest', to: 'first.in[1]', capacity: 8, policy: 'drop-newest' },
  c14: { from: 'mortal.out', to: 'first.in[2]', capacity: 8, policy: 'drop-oldest' },
  c15: { from: 'first.out', to: 'sink.in' },
};

export const soakDesign: DesignBody = designOf(soakCatalog, 'Soak', nodes, connections);
