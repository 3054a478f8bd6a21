import { Type } from 'typebox';
import { components as product } from '#components/catalog.ts';
import { defineComponent } from '#kit/define-component.ts';
import { sleep } from '#runtime/sleep.ts';

/** Computes for `ms`, waits for a moment, and so on. */
const heavy = defineComponent({
  kind: 'bench.heavy',
  version: 1,
  title: 'Heavy',
  icon: 'box',
  summary: 'Computes.',
  settings: Type.Object({ ms: Type.Integer({ default: 200 }) }),
  ports: {},
  contract: 'HEAVY = SKIP',
  examples: [],
  *run({ settings, clock }) {
    for (;;) {
      const untilMs = performance.now() + settings.ms;
      while (performance.now() < untilMs);
      yield* sleep(clock, 0);
    }
  },
});

/** What a thread loads. */
export const components = [...product, heavy];
