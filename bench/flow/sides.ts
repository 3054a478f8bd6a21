import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createCatalog } from '#host/catalog.ts';
import { expression } from '#kit/expression.ts';
import { hostOf, runToEnd } from '../designs.ts';
import { flowComponents, flowDesign, payload, type Work } from './work.ts';

const catalog = createCatalog(flowComponents);

/** A session of the product, from start to end. */
export function session(work: Work, capacity: number): () => Promise<void> {
  const body = flowDesign(catalog, work, capacity);
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
