import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { type HttpLimits, limitedHttp } from './http-limits.ts';

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/' }).end();
    else if (url === '/never') response.flushHeaders();
    else response.end(url === '/long' ? 'x'.repeat(1_000) : 'short');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const limits: HttpLimits = { maxMs: 1_000, maxBytes: 100, privateAddresses: 'admit' };

function ask(url: string, given: Partial<HttpLimits> = {}, clock = new ManualClock()): Promise<Response> {
  return limitedHttp((request) => fetch(request), clock, { ...limits, ...given })(new Request(url));
}

describe('limits of http', () => {
  test('an answer within them comes as it is, and no timer is left', async () => {
    const clock = new ManualClock();
    const response = await ask(base, {}, clock);
    expect([response.status, await response.text()]).toEqual([200, 'short']);
    expect(clock.pending).toBe(0);
  });

  test('[HL3] a redirect is not followed', async () => {
    const response = await ask(`${base}/moved`);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/']);
    await response.body?.cancel();
  });

  test('[HL4] an answer that is too large breaks off', async () => {
    const clock = new ManualClock();
    const response = await ask(`${base}/long`, {}, clock);
    await expect(response.text()).rejects.toMatchObject({ code: 'HOST_HTTP_TOO_LARGE' });
    expect(clock.pending).toBe(0);
  });

  test('[HL4] an exchange that takes too long breaks off, also within the body', async () => {
    const clock = new ManualClock();
    const response = await ask(`${base}/never`, {}, clock);
    const text = response.text();
    clock.advance(1_000);
    await expect(text).rejects.toMatchObject({ code: 'HOST_HTTP_TOO_SLOW' });
  });

  test('an asker who gives up leaves no timer', async () => {
    const clock = new ManualClock();
    const gone = new AbortController();
    await limitedHttp((request) => fetch(request), clock, limits)(new Request(base, { signal: gone.signal }));
    expect(clock.pending).toBe(1);
    gone.abort();
    expect(clock.pending).toBe(0);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://0.0.0.0/',
    'http://0/',
    'http://[::]/',
    'http://255.255.255.255/',
    'http://2852039166/',
  ])('[HL1] never to %s', async (url) => {
    await expect(ask(url)).rejects.toMatchObject({ code: 'HOST_HTTP_ADDRESS_REFUSED' });
  });

  test.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '::1', 'fd12::1', '::ffff:10.0.0.1'])(
    '[HL2] not to %s, by address or by name, where private addresses are refused',
    async (address) => {
      const refuse = { privateAddresses: 'refuse' as const, resolve: async () => ['93.184.215.14', address] };
      const literal = address.includes(':') ? `[${address}]` : address;
      await expect(ask(`http://${literal}/`, refuse)).rejects.toMatchObject({ code: 'HOST_HTTP_ADDRESS_REFUSED' });
      await expect(ask('http://name.example/', refuse)).rejects.toMatchObject({ code: 'HOST_HTTP_ADDRESS_REFUSED' });
    },
  );

  test('[HL1] a name that leads to a refused address is refused too', async () => {
    const resolve = async (): Promise<readonly string[]> => ['169.254.169.254'];
    await expect(ask('http://name.example/', { resolve })).rejects.toThrowError('name.example (169.254.169.254)');
  });
});
