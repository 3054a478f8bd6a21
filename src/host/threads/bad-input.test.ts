import { tmpdir } from 'node:os';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { Services } from '#host/outside/services.ts';
import type { RunEvent } from '#host/sessions/session-host.ts';
import { draw } from '#host/testing/designs.ts';
import type { DesignBody } from '#model/design.ts';
import { createSessionThreads } from './session-threads.ts';

/** What components do wrong, as a person sees it, through the threads that sessions run in. */

const lines: string[] = [];
const host = createSessionThreads({
  setup: {
    componentsUrl: new URL('../testing/designs.ts', import.meta.url).href,
    folders: [],
    filesFolder: tmpdir(),
    httpLimits: { maxMs: 1_000, maxBytes: 1_000, privateAddresses: 'admit' },
    logLevel: 'info',
  },
  clock: systemClock,
  mostSessions: 60,
  threads: 1,
  limits: { heapMib: 512, unyieldingMs: 30_000, outsideCalls: 100 },
  secret: async () => undefined,
  permits: new Services(systemClock, { atOnce: 2, own: {}, waiting: 10, waitMs: 60_000 }),
  write: (line) => lines.push(line),
});
afterAll(() => host.close());

let orders = 0;
async function start(body: DesignBody) {
  const session = await host.start({ sessionId: `s${++orders}`, designId: 'd', rev: 1, body });
  const events: RunEvent[] = [];
  session.onEvent((event) => events.push(event));
  return { session, events };
}

const erring = (settings: Record<string, string>, onFailure: 'stop' | 'skip' | 'restart' = 'stop'): DesignBody =>
  draw(
    {
      from: { kind: 'probe.ticking', settings: { everyMs: 1 } },
      bad: { kind: 'probe.misbehaving', settings, onFailure },
      to: { kind: 'compute.discard' },
    },
    ['from.out -> bad.in', 'bad.out -> to.in'],
  );
const alone = (settings: Record<string, string>): DesignBody =>
  draw({ bad: { kind: 'probe.misbehaving', settings }, to: { kind: 'compute.discard' } }, ['bad.out -> to.in']);

async function faultOf(settings: Record<string, string>) {
  const { session, events } = await start(erring(settings));
  const { state, fault } = await session.ended;
  // What is told is what is kept, and what every door can say.
  expect(events.at(-1)).toEqual({ is: 'state', state, fault });
  const { processes } = await session.snapshot();
  expect(processes.find(({ node }) => node === 'bad')).toMatchObject({ state: 'error', failures: 1 });
  return { state, ...fault };
}

describe('[H25] a component that throws', () => {
  test.each([
    ['error', 'too far'],
    ['nothing', 'undefined'],
    ['symbol', 'Symbol(odd)'],
    ['bare', 'something was thrown that cannot be told in words'],
    ['defended', 'something was thrown that cannot be told in words'],
    ['nameless', 'TypeError'],
    ['unstorable', 'half \ufffd and nul \ufffd'],
  ])('(%s) fails its session by a fault that names the node', async (throws, message) => {
    expect(await faultOf({ throws })).toMatchObject({ state: 'failed', code: 'RUNTIME_PROCESS_FAILED', node: 'bad', message });
  });

  test('with a message of 10 MB: the beginning is told, and how long it was', async () => {
    const { message = '' } = await faultOf({ throws: 'long' });
    expect(message).toMatch(/^x{2000}… \(10485760 characters\)$/);
  });

  test.each(['coded with a ring', 'coded by a symbol'])(
    'an error of its own (%s): what cannot be sent on stays behind',
    async (throws) => {
      expect(await faultOf({ throws })).toMatchObject({ state: 'failed', node: 'bad', message: 'An odd error.' });
    },
  );
});

describe('[H25] a component that breaks the rules of communication', () => {
  test.each([
    ['rubbish', 'RUNTIME_STRANGE_YIELD', /communicate with yield\*/],
    ['a promise', 'RUNTIME_STRANGE_YIELD', /communicate with yield\*/],
    ['sends after the end', 'RUNTIME_SEND_AFTER_END', /nothing can follow the end\. \(out, connection c1\)$/],
    ['receives twice', 'RUNTIME_END_BUSY', /one thing at a time\. \(in, connection c0\)$/],
  ])('(%s) fails by a fault that names node, channel and rule', async (how, code, message) => {
    expect(await faultOf({ how })).toMatchObject({ state: 'failed', code, node: 'bad', message: expect.stringMatching(message) });
  });

  test('is started again where its policy says so, and told each time', async () => {
    const { session, events } = await start(erring({ how: 'rubbish' }, 'restart'));
    while ((await session.snapshot()).processes[1]?.restarts === 0) await later(5);
    await session.stop();
    expect(events.filter(({ is }) => is === 'fault')[0]).toMatchObject({ fault: { node: 'bad', code: 'RUNTIME_STRANGE_YIELD' } });
    expect(session.state).toBe('stopped');
  });
});

describe('[H25] messages that cannot leave a thread', () => {
  test.each([
    ['functions', {}, false],
    ['big', 'not JSON: [object Object]', false],
    ['ring', 'not JSON: [object Object]', false],
    ['deep', expect.stringMatching(/^not JSON|^\[+…/), expect.any(Boolean)],
    ['huge', expect.stringMatching(/^"x{16383}…$/), true],
    ['defended', 'not JSON: something that cannot be looked at', false],
    ['not to be told', 'not JSON: something that cannot be looked at', false],
  ])('(%s) pass from node to node, and are told in words or in part', async (sends, value, cut) => {
    const { session } = await start(alone({ sends }));
    expect(await session.ended).toEqual({ state: 'completed' });
    expect(await session.samples('c0')).toEqual([
      { number: 1, at: expect.any(String), value, sizeBytes: expect.any(Number), cut },
    ]);
  });
});

describe('[H22] what a component leaves running', () => {
  const timersTold = (events: readonly RunEvent[]): (string | undefined)[] =>
    events.flatMap((event) => (event.is === 'fault' && event.fault.code === 'HOST_TIMERS_LEFT' ? [event.fault.message] : []));

  test('timers end with the session, which completes; the fault names the node, and so does the log', async () => {
    lines.length = 0;
    const { session, events } = await start(alone({ how: 'leaves timers' }));
    expect(await session.ended).toEqual({ state: 'completed' });
    const says =
      'bad left 4 timers of its own running when its session ended. Take the clock it is handed, or end them in a finally block.';
    expect(timersTold(events)).toEqual([says]);
    expect(events.at(-1)).toEqual({ is: 'state', state: 'completed' });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', node: 'bad', message: says }]);
  });

  test('also those it set after a wait of its own, where the node is not known', async () => {
    const { session, events } = await start(alone({ how: 'leaves timers later' }));
    await session.ended;
    expect(timersTold(events)).toEqual([expect.stringMatching(/^A component left 1 timer of its own/)]);
  });

  test('one that ends its timers is told nothing', async () => {
    const { session, events } = await start(alone({ how: 'ends its timers' }));
    expect([await session.ended, timersTold(events)]).toEqual([{ state: 'completed' }, []]);
  });

  test.each([
    ['throws in a timer', 'bad let something be thrown outside of its process'],
    ['rejects unheard', 'A component let something be thrown outside of its process'],
  ])('what is thrown outside of any process (%s) ends its session, and no other of the thread', async (how, says) => {
    const other = await start(draw({ from: { kind: 'probe.ticking' }, to: { kind: 'compute.discard' } }, ['from.out -> to.in']));
    const { state, code, message } = await (async () => {
      const { session } = await start(erring({ how }));
      const ended = await session.ended;
      return { state: ended.state, ...ended.fault };
    })();
    expect([state, code]).toEqual(['failed', 'HOST_SESSION_STRAY_ERROR']);
    expect(message).toMatch(new RegExp(`^${says}: .*Await what it starts`));
    expect(other.session.state).toBe('running');
    await other.session.stop();
  });
});

describe('a design that was saved elsewhere', () => {
  test('[H4] settings of a newer version are refused, with the place and what to do', async () => {
    const body = erring({});
    const [bad] = Object.values(body.nodes).filter(({ id }) => id === 'bad');
    const newer = { ...body, nodes: { ...body.nodes, bad: { ...bad!, version: 7 } } };
    await expect(start(newer)).rejects.toMatchObject({
      code: 'HOST_VERSION_NEWER',
      blame: 'input',
      pointer: '/nodes/bad/version',
      message:
        'Node bad has settings of probe.misbehaving version 7; here it is known up to version 1. Run it with the program, or the components, that saved it.',
    });
  });

  test('[H4] settings that their kind cannot bring forward are refused, whatever it throws', async () => {
    const body = draw({ old: { kind: 'probe.forgetful' } });
    const [old] = Object.values(body.nodes);
    await expect(start({ ...body, nodes: { old: { ...old!, version: 1 } } })).rejects.toMatchObject({
      code: 'HOST_MIGRATION_FAILED',
      pointer: '/nodes/old/settings',
      message: expect.stringMatching(/^The settings of node old could not be brought from version 1 .* An odd error/),
    });
    expect((await (await start(alone({ sends: 'functions' }))).session.ended).state).toBe('completed');
  });
});
