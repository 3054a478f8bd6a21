import { setImmediate } from 'node:timers';
import { describe, expect, test } from 'vitest';
import type { CodedError } from '#base/errors.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import { manualTools } from '#kit/testing.ts';
import type { DesignBody, End } from '#model/design.ts';
import type { Network, Outcome } from '#runtime/network.ts';
import type { Operation } from '#runtime/port.ts';
import { type Attachment, wire } from './wire.ts';

function endOf(text: string): End {
  const [, node = '', port = '', index = '0'] = /^(.+)\.([a-z]+)(?:\[(\d+)\])?$/.exec(text) ?? [];
  return { node, port, index: Number(index) };
}

function feed(to: string, messages: readonly unknown[]): Attachment {
  return {
    is: 'feed',
    to: endOf(to),
    *body(out): Operation<void> {
      for (const message of messages) if (!(yield* out.send(message))) return;
    },
  };
}

function collect(from: string, into: unknown[]): Attachment {
  return {
    is: 'collect',
    from: endOf(from),
    *body(from): Operation<void> {
      for (let item = yield* from.receive(); !item.ended; item = yield* from.receive()) into.push(item.value);
    },
  };
}

interface Ran {
  readonly network: Network;
  readonly outcome: Outcome;
  readonly tools: ReturnType<typeof manualTools>;
  readonly logged: readonly string[];
}

async function run(design: DesignBody, attachments: readonly Attachment[] = []): Promise<Ran> {
  const tools = manualTools();
  const logged: string[] = [];
  const toolsFor = (node: string): typeof tools => ({
    ...tools,
    log: (_level, message) => void logged.push(`${node}: ${message}`),
  });
  const network = wire({ design, catalog, tools: toolsFor, defer: (turn) => void setImmediate(turn), attachments });
  network.start();
  return { network, outcome: await network.outcome, tools, logged };
}

function refusal(design: DesignBody, attachments: readonly Attachment[] = []): CodedError {
  try {
    wire({ design, catalog, tools: () => manualTools(), defer: setImmediate, attachments });
  } catch (thrown) {
    return thrown as CodedError;
  }
  throw new Error('it was wired');
}

describe('ports and channels', () => {
  test('[H1] a many port hands out its channels in the order of the index, however they were drawn', async () => {
    const got: unknown[][] = [[], [], []];
    const design = draw({ all: { kind: 'flow.broadcast', settings: {} } });
    const attachments = [2, 0, 1].map((index) => collect(`all.out[${index}]`, got[index] ?? []));
    const { outcome, network } = await run(design, [feed('all.in', ['a', 'b']), ...attachments]);
    expect(outcome.state).toBe('completed');
    expect(got.map((list) => list.join(''))).toEqual(['ab', 'ab', 'ab']);
    expect(network.channels().map(({ connection }) => connection)).toContain('collect: all.out[2]');
  });

  test('[H2] an index that nothing holds: an input there is at its end, an output discards', async () => {
    const got: unknown[] = [];
    const merged = draw({ one: { kind: 'flow.merge' } });
    await run(merged, [feed('one.in[3]', [1, 2]), collect('one.out', got)]);
    expect(got).toEqual([1, 2]);
    const spread: unknown[] = [];
    await run(draw({ all: { kind: 'flow.broadcast' } }), [feed('all.in', [1, 2]), collect('all.out[2]', spread)]);
    expect(spread).toEqual([1, 2]);
  });

  test('[H2] what is optional and not connected: outputs take everything, a many input has no channels', async () => {
    const got: unknown[] = [];
    const design = draw({ given: { kind: 'probe.list', settings: { messages: ['x'] } }, here: { kind: 'probe.mirror' } }, [
      'given.out -> here.in[1]',
    ]);
    await run(design, [collect('here.out[1]', got)]);
    expect(got).toMatchObject([{ index: 1, of: 2, inputs: 2, first: { ended: true } }]);
  });

  test('[H3] a mandatory port that is not connected is refused with node and port', () => {
    const error = refusal(draw({ lonely: { kind: 'compute.discard' } }));
    expect(error).toMatchObject({ code: 'HOST_PORT_UNCONNECTED', blame: 'input', pointer: '/nodes/lonely' });
    expect(error.message).toBe('lonely.in must be connected before the design can run.');
    expect(error.facts).toEqual({ node: 'lonely', port: 'in' });
  });

  test('[H3] a mandatory many port needs one channel', () => {
    expect(refusal(draw({ one: { kind: 'flow.merge' } }), [collect('one.out', [])]).message).toContain(
      'one.in must be connected',
    );
  });

  test('[H3] a kind that is not known is refused with what to do', () => {
    const known = draw({ a: { kind: 'probe.list' } });
    const node = known.nodes['a'];
    const design = { ...known, nodes: { a: { ...(node as NonNullable<typeof node>), kind: 'strange.kind' } } };
    const error = refusal(design);
    expect(error).toMatchObject({ code: 'HOST_KIND_UNKNOWN', pointer: '/nodes/a/kind' });
    expect(error.message).toContain('--components');
  });
});

describe('what a process is handed', () => {
  test('[H4] settings have their defaults', async () => {
    const got: unknown[] = [];
    await run(draw({ here: { kind: 'probe.mirror', settings: { size: 8 } } }), [feed('here.in', [1]), collect('here.out', got)]);
    expect(got).toMatchObject([{ settings: { name: 'nobody', size: 8 }, first: { ended: false, value: 1 } }]);
  });

  test('[H4] settings of an older version are brought to the present one', async () => {
    const got: unknown[] = [];
    const old = draw({ here: { kind: 'probe.mirror' } });
    const node = old.nodes['here'];
    const design = {
      ...old,
      nodes: { here: { ...(node as NonNullable<typeof node>), version: 2, settings: { called: 'Ada' } } },
    };
    await run(design, [feed('here.in', []), collect('here.out', got)]);
    expect(got).toMatchObject([{ settings: { name: 'Ada of 2', size: 7 } }]);
  });

  test('tools are made for the node they are handed to', async () => {
    const { logged } = await run(draw({ here: { kind: 'probe.mirror' } }), [feed('here.in', []), collect('here.out', [])]);
    expect(logged).toEqual(['here: mirror']);
  });
});

describe('a rejected message', () => {
  const given = [1, 'two', 3];

  test('[H5] leaves at err when that is connected, with its reason', async () => {
    const got: unknown[] = [];
    const failed: unknown[] = [];
    const attachments = [feed('p.in', given), collect('p.out', got), collect('p.err', failed)];
    const { outcome, network } = await run(draw({ p: { kind: 'probe.picky' } }), attachments);
    expect(outcome.state).toBe('completed');
    expect([got, failed]).toEqual([
      [
        [1, 1],
        [3, 3],
      ],
      [{ error: { code: 'FAILED', message: 'a text: two' }, original: 'two' }],
    ]);
    expect(network.processes().find(({ node }) => node === 'p')).toMatchObject({ failures: 0 });
  });

  test('[H5] with err unconnected and policy stop the session fails, and says why', async () => {
    const { outcome } = await run(draw({ p: { kind: 'probe.picky' } }), [feed('p.in', given), collect('p.out', [])]);
    expect(outcome).toMatchObject({ state: 'failed', fault: { node: 'p', message: 'a text: two' } });
  });

  test('[H5] with err unconnected and policy skip it is counted, and the process keeps what it remembers', async () => {
    const got: unknown[] = [];
    const design = draw({ p: { kind: 'probe.picky', onFailure: 'skip' } });
    const { outcome, network } = await run(design, [feed('p.in', given), collect('p.out', got)]);
    expect(outcome.state).toBe('completed');
    expect(got).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(network.processes().find(({ node }) => node === 'p')).toMatchObject({
      failures: 1,
      restarts: 0,
      lastFault: { message: 'a text: two' },
    });
  });

  test('[H5] with err unconnected and policy restart the process starts afresh', async () => {
    const got: unknown[] = [];
    const design = draw({ p: { kind: 'probe.picky', onFailure: 'restart' } });
    const tools = manualTools();
    const attachments = [feed('p.in', given), collect('p.out', got)];
    const network = wire({ design, catalog, tools: () => tools, defer: (turn) => void setImmediate(turn), attachments });
    network.onEvent((event) => {
      if (event.is === 'fault') setImmediate(() => tools.clock.advanceToNext());
    });
    network.start();
    expect((await network.outcome).state).toBe('completed');
    expect(got).toEqual([
      [1, 1],
      [1, 3],
    ]);
    expect(network.processes().find(({ node }) => node === 'p')).toMatchObject({ failures: 1, restarts: 1 });
  });

  test.each(['stop', 'skip', 'restart'] as const)('[H5] with err connected policy %s has nothing to do', async (onFailure) => {
    const failed: unknown[] = [];
    const design = draw({ p: { kind: 'probe.picky', onFailure } });
    const { outcome } = await run(design, [feed('p.in', given), collect('p.out', []), collect('p.err', failed)]);
    expect(outcome.state).toBe('completed');
    expect(failed).toHaveLength(1);
  });
});

describe('a message at hand', () => {
  const failing = (onFailure: 'stop' | 'skip'): DesignBody =>
    draw({ p: { kind: 'probe.failing', settings: { late: true }, onFailure } });

  test('[H26] [S8] leaves at err with the reason when an exception ends what skips', async () => {
    const failed: unknown[] = [];
    const design = failing('skip');
    const { network, outcome } = await run(design, [feed('p.in', [7, 8]), collect('p.err', failed)]);
    // After the last message it fails before anything has passed: that ends the session.
    expect(outcome).toMatchObject({ state: 'failed', fault: { node: 'p', message: 'too far' } });
    expect(failed).toEqual([7, 8].map((original) => ({ error: { code: 'FAILED', message: 'too far' }, original })));
    expect(network.processes().find(({ node }) => node === 'p')).toMatchObject({ failures: 3 });
  });

  test('[H26] does not where the session ends', async () => {
    const failed: unknown[] = [];
    const { outcome } = await run(failing('stop'), [feed('p.in', [7]), collect('p.err', failed)]);
    expect([outcome.state, failed]).toEqual(['failed', []]);
  });
});

describe('ranking', () => {
  const messages = Array.from({ length: 500 }, (_, number) => number);
  const pipes = (more: object): DesignBody => {
    const source = { kind: 'probe.list', settings: { messages } };
    const sink = { kind: 'compute.discard' };
    const nodes = { a: source, b: sink, c: { ...source, ...more }, d: { ...sink, ...more } };
    return draw(nodes, ['a.out -> b.in', 'c.out -> d.in']);
  };
  const ends = async (design: DesignBody): Promise<readonly string[]> => {
    const ended: string[] = [];
    const network = wire({ design, catalog, tools: () => manualTools(), defer: (turn) => void setImmediate(turn) });
    network.onEvent((event) => {
      if (event.is === 'process' && event.state === 'completed') ended.push(event.process);
    });
    network.start();
    await network.outcome;
    return ended;
  };

  test('[D20] [S60] nodes of a high priority are served first', async () => {
    expect(await ends(pipes({}))).toEqual(['a', 'c', 'b', 'd']);
    expect(await ends(pipes({ priority: 'high' }))).toEqual(['c', 'd', 'a', 'b']);
  });

  test('[D20] [S61] nodes of a greater weight get further in their turn', async () => {
    const roomy = (design: DesignBody): DesignBody => {
      for (const connection of Object.values(design.connections)) connection.capacity = messages.length;
      return design;
    };
    expect((await ends(roomy(pipes({}))))[0]).toBe('a');
    expect((await ends(roomy(pipes({ weight: 100 }))))[0]).toBe('c');
  });
});

describe('attachments', () => {
  test.each([
    ['p.nowhere', 'The design has no input p.nowhere.'],
    ['p.out', 'The design has no input p.out.'],
    ['ghost.in', 'The design has no input ghost.in.'],
  ])('[H6] there is no input %s', (end, message) => {
    const error = refusal(draw({ p: { kind: 'probe.picky' } }), [feed(end, [])]);
    expect(error).toMatchObject({ code: 'HOST_PORT_UNKNOWN', message });
  });

  test('[H6] an end that is connected, or fed twice, is taken', () => {
    const design = draw({ a: { kind: 'probe.list' }, p: { kind: 'probe.picky' } }, ['a.out -> p.in']);
    expect(refusal(design, [feed('p.in', [])])).toMatchObject({
      code: 'HOST_END_TAKEN',
      message: 'p.in already has a connection.',
    });
    expect(refusal(design, [collect('p.out', []), collect('p.out', [])]).code).toBe('HOST_END_TAKEN');
  });

  test('[H6] an index of a port that has but one channel is no port of the design', () => {
    expect(refusal(draw({ p: { kind: 'probe.picky' } }), [feed('p.in[1]', []), collect('p.out', [])]).code).toBe(
      'HOST_PORT_UNKNOWN',
    );
  });

  test('[H6] a feed ends when its reader does, and a reader when its writer does', async () => {
    const design = draw({ end: { kind: 'compute.discard', settings: { action: 'stop', after: 2 } } });
    const { outcome, network } = await run(design, [feed('end.in', [1, 2, 3, 4, 5])]);
    expect(outcome.state).toBe('completed');
    expect(network.channel('feed: end.in').status()).toMatchObject({ received: 2 });
  });
});
