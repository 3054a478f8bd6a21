import { setImmediate } from 'node:timers';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { createCatalog } from '#host/catalog.ts';
import { draw } from '#host/testing/designs.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, optional } from '#kit/ports.ts';
import { manualTools } from '#kit/testing.ts';
import type { Network } from '#runtime/network.ts';
import type { Operation, Sender } from '#runtime/port.ts';
import { wire } from './wire.ts';

const words = { version: 1, title: 'T', icon: 'box', summary: 'A component of this test.', examples: [], contract: '' } as const;
const ports = { in: optional(input(Type.Unknown())) };
const seen: unknown[] = [];

/** Takes the rest, and spreads it. */
const taking = defineComponent({
  ...words,
  kind: 'test.taking',
  settings: Type.Object({ name: Type.String({ default: 'x' }) }),
  ports,
  *run({ io, settings, ...rest }) {
    const spread = { ...rest };
    seen.push(settings.name, spread.random(), spread.clock.now(), typeof spread.reject, spread.signal.aborted);
    yield* io.in.receive();
  },
});

const modest = defineComponent({
  ...words,
  kind: 'test.modest',
  settings: Type.Object({}),
  ports,
  *run({ io }) {
    yield* io.in.receive();
  },
});

/** Remembers how often it was begun anew, and fails until then. */
const again = defineComponent({
  ...words,
  kind: 'test.again',
  settings: Type.Object({}),
  ports,
  *run({ io, state, clock }) {
    seen.push([io, state, clock]);
    yield* io.in.receive();
    if (seen.length < 2) throw new Error('once more');
  },
});

const catalog = createCatalog([taking, modest, again]);

function* feed(out: Sender<unknown>): Operation<void> {
  yield* out.send(1);
}

/** A node that is sent one message. */
function wired(kind: string, onFailure: 'stop' | 'restart' = 'stop') {
  const made: string[] = [];
  const tools = manualTools();
  const design = draw({ node: { kind, onFailure } }, [], catalog);
  const network: Network = wire({
    design,
    catalog,
    attachments: [{ is: 'feed', to: { node: 'node', port: 'in', index: 0 }, body: (out) => feed(out) }],
    defer: (turn) => void setImmediate(turn),
    tools: (node) => {
      if (node !== '') made.push(node);
      return { ...tools, random: () => 0.5 };
    },
  });
  seen.length = 0;
  network.start();
  return { network, made, tools };
}

describe('what a process is handed', () => {
  test('can be taken as the rest, and spread', async () => {
    const { network } = wired('test.taking');
    expect((await network.outcome).state).toBe('completed');
    expect(seen).toEqual(['x', 0.5, 0, 'function', false]);
  });

  test('tools are made for those that look at them, once a life', async () => {
    const idle = wired('test.modest');
    await idle.network.outcome;
    const busy = wired('test.taking');
    await busy.network.outcome;
    expect([idle.made, busy.made]).toEqual([[], ['node']]);
  });

  test('[S9] in a further life: the same ends, another state', async () => {
    const { network, tools } = wired('test.again', 'restart');
    while (tools.clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    tools.clock.advance(100);
    expect((await network.outcome).state).toBe('completed');
    const [first, second] = seen as { in: unknown }[][];
    expect(second?.[0]?.in).toBe(first?.[0]?.in);
    expect(second?.[1]).not.toBe(first?.[1]);
  });
});
