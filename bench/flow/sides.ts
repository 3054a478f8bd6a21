import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Type } from 'typebox';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { defineComponent } from '#kit/define-component.ts';
import { expression } from '#kit/expression.ts';
import { output } from '#kit/ports.ts';
import type { DesignBody } from '#model/design.ts';
import { designOf, hostOf, runToEnd } from '../designs.ts';

/** source → filter → sink, by the product and by its peers. */
export interface Work {
  readonly name: string;
  readonly messages: number;
  /** What the filter asks of each message, as its expression. */
  readonly condition: string;
  /** Whether the source copies its message each time, as `io.manual` does. */
  readonly copies: boolean;
}

const payload = { town: 'Oslo', temp: 7.5 };

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

const catalog = createCatalog([...components, same]);

function design({ messages, condition, copies }: Work, capacity: number): DesignBody {
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

/** A session of the product, from start to end. */
export function session(work: Work, capacity: number): () => Promise<void> {
  const body = design(work, capacity);
  return async () => check(work, await runToEnd(hostOf(catalog), body, 'fit'));
}

function check(work: Work, arrived: number): void {
  if (arrived !== work.messages) throw new Error(`${arrived} messages arrived`);
}

function* messagesOf({ messages, copies }: Work): Generator<unknown> {
  for (let n = 0; n < messages; n++) yield copies ? structuredClone(payload) : payload;
}

/** The same with Node's streams in object mode, sixteen messages between two stages as they come. */
export function streams(work: Work): () => Promise<void> {
  return async () => {
    const { holds } = expression(work.condition);
    let arrived = 0;
    const filter = new Transform({
      objectMode: true,
      transform: (message, _encoding, done) => (holds(message) ? done(null, message) : done()),
    });
    const sink = new Writable({
      objectMode: true,
      write(_message, _encoding, done) {
        arrived++;
        done();
      },
    });
    await pipeline(Readable.from(messagesOf(work)), filter, sink);
    check(work, arrived);
  };
}

/** The same with async generators: no buffer, no counts, nothing that could be paused or looked at. */
export function generators(work: Work): () => Promise<void> {
  return async () => {
    const { holds } = expression(work.condition);
    async function* source(): AsyncGenerator<unknown> {
      yield* messagesOf(work);
    }
    async function* filter(messages: AsyncIterable<unknown>): AsyncGenerator<unknown> {
      for await (const message of messages) if (holds(message)) yield message;
    }
    let arrived = 0;
    for await (const _message of filter(source())) arrived++;
    check(work, arrived);
  };
}
