import { describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { MemoryFiles } from '#kit/testing/memory-files.ts';
import { OutsideCalls } from './outside-calls.ts';
import { toolsOf } from './tools.ts';

function toolsWith(most: number | undefined) {
  const told: string[] = [];
  const answers: PromiseWithResolvers<Response>[] = [];
  const shared = {
    clock: new ManualClock(),
    http: () => {
      const answer = Promise.withResolvers<Response>();
      answers.push(answer);
      return answer.promise;
    },
    files: new MemoryFiles({ a: 'text' }, () => 0),
    secret: async () => 'x',
    log: () => {},
  };
  const calls = new OutsideCalls(most, (error, node) => told.push(`${node}: ${error.code}`));
  return { tools: calls.of('n', toolsOf(shared, 's', 'n', new AbortController().signal)), told, answers };
}

const request = new Request('http://x.example/');

describe('[H11] outside calls at once', () => {
  test('one more than may be is refused and told, until one is answered', async () => {
    const { tools, told, answers } = toolsWith(1);
    const first = tools.http(request);
    await expect(tools.secret('s')).rejects.toThrow(/n wanted one more/);
    await expect(tools.files.list('')).rejects.toThrow(/n wanted one more/);
    expect(told).toEqual(['n: HOST_SESSION_OUTSIDE_CALLS', 'n: HOST_SESSION_OUTSIDE_CALLS']);
    answers[0]?.resolve(new Response());
    await first;
    expect(await tools.secret('s')).toBe('x');
  });

  test('a file counts while it is open, for reading and writing', async () => {
    const { tools, told } = toolsWith(1);
    const writer = await tools.files.write('b', 'replace');
    await expect(tools.secret('s')).rejects.toThrow(/n wanted one more/);
    await writer.write(new Uint8Array([65]));
    await writer.close();
    await writer.abandon();
    for await (const _piece of tools.files.read('a', new AbortController().signal)) {
      await expect(tools.secret('s')).rejects.toThrow(/n wanted one more/);
    }
    expect([await tools.secret('s'), told.length]).toEqual(['x', 2]);
  });

  test('without a limit nothing is counted', async () => {
    const { tools, told } = toolsWith(undefined);
    void tools.http(request);
    expect([await tools.secret('s'), told]).toEqual(['x', []]);
  });
});
