import { Type } from 'typebox';
import { components } from '#components/catalog.ts';
import type { Catalog } from '#host/catalog.ts';
import { type AnyComponent, defineComponent } from '#kit/define-component.ts';
import { output } from '#kit/ports.ts';
import type { DesignBody } from '#model/design.ts';
import { designOf } from '../designs.ts';

/** source → filter → sink, by the product and by its peers. */
export interface Work {
  readonly name: string;
  readonly messages: number;
  /** What the filter asks of each message, as its expression. */
  readonly condition: string;
  /** Whether the source copies its message each time, as `io.manual` does. */
  readonly copies: boolean;
}

export const works: readonly Work[] = [
  { name: 'copied, compared', messages: 200_000, condition: 'message.temp > 0.0', copies: true },
  { name: 'copied', messages: 200_000, condition: 'true', copies: true },
  { name: 'passed on', messages: 500_000, condition: 'true', copies: false },
];

export const payload = { town: 'Oslo', temp: 7.5 };

/** What `io.manual` is without its copies: the same message, again and again. */
const same = defineComponent({
  kind: 'bench.same',
  version: 1,
  title: 'Same',
  icon: 'repeat',
  summary: 'Sends one message, again and again.',
  settings: Type.Object({ repeat: Type.Integer({ default: 1 }) }),
  ports: { out: output(Type.Unknown()) },
  contract: 'SAME = out -> SAME |~| out.end -> SKIP',
  examples: [],
  *run({ settings, io }) {
    for (let n = 0; n < settings.repeat; n++) if (!(yield* io.out.send(payload))) return;
  },
});

export const flowComponents: readonly AnyComponent[] = [...components, same];

export function flowDesign(catalog: Catalog, { messages, condition, copies }: Work, capacity: number): DesignBody {
  const manual = { kind: 'io.manual', settings: { payload, repeat: messages, intervalMs: 0 } };
  const nodes = {
    source: copies ? manual : { kind: 'bench.same', settings: { repeat: messages } },
    filter: { kind: 'data.filter', settings: { condition } },
    sink: { kind: 'compute.discard' },
  };
  return designOf(catalog, 'Flow', nodes, {
    all: { from: 'source.out', to: 'filter.in', capacity },
    fit: { from: 'filter.match', to: 'sink.in', capacity },
  });
}
