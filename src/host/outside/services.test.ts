import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { MemoryFiles } from '#kit/testing/memory-files.ts';
import { permittedTools } from './permitted-tools.ts';
import { type Permit, Services } from './services.ts';
import { toolsOf } from './tools.ts';

const limits = { atOnce: 1, own: { two: 2 }, waiting: 3, waitMs: 1_000 };

function servicesWith(own: Partial<typeof limits> = {}) {
  const clock = new ManualClock();
  const services = new Services(clock, { ...limits, ...own });
  const log: string[] = [];
  const take = (session: string, name = session, service = 'db'): Permit => {
    const permit = services.take({ session, node: `node of ${name}` }, service);
    permit.granted.then(
      () => log.push(name),
      (thrown: { code: string }) => log.push(`${name}: ${thrown.code}`),
    );
    return permit;
  };
  return { clock, services, log, take };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('permits', () => {
  test('[H18] only so many are under way at once, of each service as many as it may', async () => {
    const { services, log, take } = servicesWith();
    const first = take('a', 'a1');
    for (const name of ['a2', 'a3']) take('a', name);
    for (const name of ['t1', 't2', 't3']) take('b', name, 'two');
    await settled();
    expect(log).toEqual(['a1', 't1', 't2']);
    first.give();
    first.give();
    await settled();
    expect(log).toEqual(['a1', 't1', 't2', 'a2']);
    expect(services.usage()).toEqual([
      { service: 'db', atOnce: 1, inUse: 1, waiting: 1, granted: 2, refused: 0 },
      { service: 'two', atOnce: 2, inUse: 2, waiting: 1, granted: 2, refused: 0 },
    ]);
  });

  test('[H19] those that wait are let through one session after the other', async () => {
    const { log, take } = servicesWith({ waiting: 10 });
    const all = [take('x'), take('a', 'a1'), take('a', 'a2'), take('a', 'a3'), take('b', 'b1'), take('b', 'b2'), take('c', 'c1')];
    for (const permit of [0, 1, 4, 6, 2, 5, 3]) {
      await settled();
      all[permit]?.give();
    }
    await settled();
    expect(log).toEqual(['x', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  test('[H20] when too many wait, the newest of the session with the most of them is refused', async () => {
    const { services, log, take } = servicesWith();
    take('x');
    for (const name of ['a1', 'a2', 'a3']) take('a', name);
    take('b', 'b1');
    take('a', 'a4');
    await settled();
    expect(log).toEqual(['x', 'a3: HOST_SERVICE_QUEUE_FULL', 'a4: HOST_SERVICE_QUEUE_FULL']);
    expect(services.usage()).toMatchObject([{ inUse: 1, waiting: 3, refused: 2 }]);
  });

  test('[H20] one that waited too long is refused, and says who, where and what to do', async () => {
    const { clock, services, take } = servicesWith();
    const held = take('x');
    const late = take('a');
    clock.advance(1_000);
    await expect(late.granted).rejects.toMatchObject({ code: 'HOST_SERVICE_WAIT', blame: 'world', facts: { service: 'db' } });
    await expect(late.granted).rejects.toThrow(
      'node of a was not let through to db: 1 calls of this server were under way there, the most allowed at once, and it waited 1000 ms. Ask it less often, or raise its limit (SERVICE_LIMITS).',
    );
    held.give();
    expect([services.usage(), clock.pending]).toMatchObject([[{ inUse: 0, waiting: 0, granted: 1, refused: 1 }], 0]);
  });

  test('[H21] a session that ends gives back what it holds and what it waits for', async () => {
    const { clock, services, log, take } = servicesWith();
    for (const name of ['a1', 'a2']) take('a', name);
    take('b');
    services.leave('a');
    await settled();
    expect(log).toEqual(['a1', 'b']);
    services.leave('b');
    services.leave('nobody');
    expect([services.usage(), clock.pending]).toMatchObject([[{ inUse: 0, waiting: 0 }], 0]);
  });

  test('services nobody calls any more are forgotten, those that are called never', () => {
    const { services, take } = servicesWith();
    take('a', 'a', 'kept');
    for (let n = 0; n < 3_000; n++) take('a', 'a', `other ${n}`).give();
    const names = services.usage().map(({ service }) => service);
    expect([names.length, names.includes('kept'), names.at(-1)]).toEqual([1_000, true, 'other 2999']);
  });

  test('[H18] [H21] whatever is asked and given back, no more than allowed are under way, and nothing remains', async () => {
    const step = fc.record({
      session: fc.integer({ min: 0, max: 3 }),
      does: fc.constantFrom('take', 'take', 'give', 'leave', 'wait'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (steps, atOnce) => {
        const clock = new ManualClock();
        const services = new Services(clock, { atOnce, own: {}, waiting: 4, waitMs: 10 });
        const permits: Permit[] = [];
        for (const { session, does } of steps) {
          if (does === 'take') permits.push(services.take({ session: `s${session}`, node: 'n' }, 'db'));
          else if (does === 'give') permits.splice(session, 1)[0]?.give();
          else if (does === 'leave') services.leave(`s${session}`);
          else clock.advance(4);
          const [usage] = services.usage();
          expect(usage?.inUse ?? 0).toBeLessThanOrEqual(atOnce);
          expect(usage?.waiting ?? 0).toBeLessThanOrEqual(4);
          if ((usage?.waiting ?? 0) > 0) expect(usage?.inUse).toBe(atOnce);
        }
        for (let session = 0; session <= 3; session++) services.leave(`s${session}`);
        expect([services.usage().every(({ inUse, waiting }) => inUse + waiting === 0), clock.pending]).toEqual([true, 0]);
      }),
    );
  });
});

describe('a request', () => {
  const request = (signal = new AbortController().signal): Request => new Request('http://x.example/a', { signal });

  function httpWith(answer: () => Response | Promise<Response>) {
    const services = new Services(new ManualClock(), { ...limits, waiting: 10 });
    const shared = {
      clock: new ManualClock(),
      http: async () => answer(),
      files: new MemoryFiles({}, () => 0),
      secret: async () => undefined,
      log: () => {},
    };
    const tools = toolsOf(shared, 's', 'n', new AbortController().signal);
    const { http } = permittedTools(tools, services, { session: 's', node: 'n' });
    return { http, usage: () => services.usage()[0], services };
  }

  test('[H18] holds its permit until its answer is read, given up, or there is none', async () => {
    const answers = [
      async (response: Response) => void (await response.text()),
      async (response: Response) => void (await response.body?.cancel()),
    ];
    for (const end of answers) {
      const { http, usage } = httpWith(() => new Response('text'));
      const response = await http(request());
      expect(usage()).toMatchObject({ service: 'http://x.example', inUse: 1 });
      await end(response);
      expect(usage()?.inUse).toBe(0);
    }
    const empty = httpWith(() => new Response(null, { status: 204 }));
    await empty.http(request());
    const broken = httpWith(() => Promise.reject(new Error('no answer')));
    await expect(broken.http(request())).rejects.toThrow('no answer');
    expect([empty.usage()?.inUse, broken.usage()?.inUse]).toEqual([0, 0]);
  });

  test('[H19] no longer wanted, it waits no longer', async () => {
    const { http, usage, services } = httpWith(() => new Response('text'));
    services.take({ session: 'other', node: 'n' }, 'http://x.example');
    const unwanted = new AbortController();
    const asked = http(request(unwanted.signal));
    expect(usage()?.waiting).toBe(1);
    unwanted.abort(new Error('changed my mind'));
    await expect(asked).rejects.toThrow('changed my mind');
    await expect(http(request(unwanted.signal))).rejects.toThrow('changed my mind');
    expect(usage()).toMatchObject({ inUse: 1, waiting: 0 });
  });
});
