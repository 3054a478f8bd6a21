import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { type ManualTools, manualTools, type Ran, rig } from '#kit/testing.ts';
import { http } from './http.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let base: string;
let seen: Seen[];
let answer: (seen: Seen, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: await text(request) };
    seen.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  seen = [];
  answer = (_, response) => response.setHeader('content-type', 'application/json').end('{"ok":true}');
});

const fetching = (): ManualTools =>
  manualTools({ http: (request) => fetch(request), secret: async (name) => (name === 'key' ? 's3cret' : undefined) });

async function run(settings: Record<string, unknown>, messages: readonly unknown[], hasty = false): Promise<Ran> {
  const ran = await rig(http, { settings, arity: { err: 1 }, tools: fetching(), hasty }).run({ in: messages });
  expect(ran.ended).toEqual({ state: 'completed' });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  expect(ran.tools.clock.pending).toBe(0);
  return ran;
}

const failure = (ran: Ran): { code: string; message: string } | undefined =>
  (ran.gives['err'] as { error: { code: string; message: string } }[])[0]?.error;

describe('requests', () => {
  test('[HT1] the answers leave in order, with status, headers and body', async () => {
    answer = ({ url }, response) => response.setHeader('content-type', 'application/vnd.x+json').end(JSON.stringify({ url }));
    const ran = await run({ url: `${base}/n/{{}}` }, [1, 2]);
    expect(ran.gives['out']).toMatchObject([
      { status: 200, headers: { 'content-type': 'application/vnd.x+json' }, body: { url: '/n/1' } },
      { status: 200, body: { url: '/n/2' } },
    ]);
  });

  test('[HT2] fields are encoded and stay in their place', async () => {
    const ran = await run({ url: `${base}/a/{{x}}?q={{y}}`, headers: { 'X-Trace': 't-{{y}}' } }, [{ x: '../b?c#d', y: 'e&f=g' }]);
    expect(seen[0]?.url).toBe('/a/..%2Fb%3Fc%23d?q=e%26f%3Dg');
    expect(seen[0]?.headers['x-trace']).toBe('t-e&f=g');
    expect(ran.gives['err']).toEqual([]);
  });

  test.each(['..', '.'])('[HT2] a field that is %j does not climb out of the path', async (x) => {
    expect(failure(await run({ url: `${base}/a/{{x}}/secret` }, [{ x }]))?.code).toBe('IO_HTTP_ADDRESS');
    expect(seen).toEqual([]);
  });

  test.each([
    ['json object', { a: 1 }, '{"a":1}', 'application/json'],
    ['text', 'plain', 'plain', 'text/plain;charset=UTF-8'],
  ])('the message as body: %s', async (_, message, body, type) => {
    await run({ url: base, method: 'POST', body: 'message' }, [message]);
    expect(seen[0]).toMatchObject({ method: 'POST', body, headers: { 'content-type': type } });
  });

  test('a template as body', async () => {
    await run({ url: base, method: 'PUT', body: 'template', template: '<t>{{ a.b }}</t>' }, [{ a: { b: 7 } }]);
    expect(seen[0]?.body).toBe('<t>7</t>');
  });

  test.each([
    ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
    ['image/png', Buffer.from([0, 255]), 'AP8='],
    ['application/json', Buffer.from(''), null],
  ])('an answer of type %s is read as such', async (type, bytes, body) => {
    answer = (_, response) => response.setHeader('content-type', type).end(bytes);
    expect((await run({ url: base }, [null])).gives['out']).toMatchObject([{ body }]);
  });

  test('[HT6] an answer that is not the JSON it says to be is rejected', async () => {
    answer = (_, response) => response.setHeader('content-type', 'application/json').end('{oops');
    expect(failure(await run({ url: base }, [null]))?.message).toMatch(/^the answer is not JSON/);
  });

  test('[HT6] what cannot be a header is rejected, not smuggled', async () => {
    expect(failure(await run({ url: base, headers: { a: '{{}}' } }, ['x\r\nb: c']))?.code).toBe('IO_HTTP_REQUEST');
  });
});

describe('failures', () => {
  test('[HT3] passing errors are tried again after a growing wait', async () => {
    answer = (_, response) => {
      response.statusCode = seen.length < 3 ? 503 : 200;
      response.end('done');
    };
    const ran = await run({ url: base, retries: 2, backOffMs: 1_000 }, ['x']);
    expect(ran.gives['out']).toMatchObject([{ status: 200, body: 'done' }]);
    expect(seen).toHaveLength(3);
    const atMs = ran.timesMs['out']?.[0] ?? 0;
    expect(atMs).toBeGreaterThanOrEqual(1_500);
    expect(atMs).toBeLessThanOrEqual(3_000);
  });

  test('[HT3] a Retry-After is heeded', async () => {
    answer = (_, response) => response.writeHead(seen.length === 1 ? 429 : 200, { 'retry-after': '7' }).end();
    expect((await run({ url: base }, ['x'])).timesMs['out']).toEqual([7_000]);
  });

  test('[HT3] a POST is not repeated unless that is allowed', async () => {
    answer = (_, response) => response.writeHead(503).end('busy');
    const ran = await run({ url: base, method: 'POST' }, ['x']);
    expect(failure(ran)).toEqual({ code: 'IO_HTTP_STATUS', message: 'the server answered 503: busy' });
    await run({ url: base, method: 'POST', retryUnsafe: true, retries: 1 }, ['x']);
    expect(seen).toHaveLength(3);
  });

  test('[HT6] an error status is rejected with the original, or passed on when asked for', async () => {
    answer = (_, response) => response.writeHead(404).end('no');
    expect((await run({ url: base }, [{ id: 1 }])).gives['err']).toMatchObject([{ original: { id: 1 } }]);
    expect((await run({ url: base, errorStatus: 'pass' }, [1])).gives['out']).toMatchObject([{ status: 404, body: 'no' }]);
    expect(seen).toHaveLength(2);
  });

  test('[HT6] nobody there', async () => {
    const ran = await run({ url: 'http://127.0.0.1:1/', retries: 1 }, ['x']);
    expect(failure(ran)).toMatchObject({
      code: 'IO_HTTP_NO_ANSWER',
      message: expect.stringMatching(/^no answer from 127\.0\.0\.1:1/),
    });
  });

  test('[HT5] an attempt that takes too long is given up, and leaves nothing behind', async () => {
    answer = () => undefined;
    const ran = await run({ url: base, timeoutMs: 2_000, retries: 0 }, ['x'], true);
    expect(failure(ran)?.message).toMatch(/did not answer within 2000 ms/);
  });

  test('[HT5] an answer without end is cut off', async () => {
    answer = (_, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        response.write('x'.repeat(10_000), () => setImmediate(more));
      };
      more();
    };
    const ran = await run({ url: base, maxResponseBytes: 100_000 }, ['x']);
    expect(failure(ran)?.code).toBe('IO_HTTP_TOO_LONG');
  });

  test('with err unconnected a failure fails the process', async () => {
    const ran = await rig(http, { settings: { url: `${base}/{{x}}` }, tools: fetching() }).run({ in: ['no field'] });
    expect(ran.ended).toMatchObject({ state: 'failed', fault: { code: 'IO_HTTP_SLOT', node: 'component' } });
  });
});

describe('hosts', () => {
  test('[HT4] only the host of the address, or those of the list', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://localhost:1/x' }).end();
    expect(failure(await run({ url: base }, ['x']))).toMatchObject({ code: 'IO_HTTP_HOST_REFUSED' });
    const settings = { url: 'http://{{host}}/', allowedHosts: ['127.0.0.1'] };
    answer = (_, response) => response.end('ok');
    const ran = await run(settings, [
      { host: new URL(base).host },
      { host: 'example.com' },
      { host: `${new URL(base).host}/path` },
    ]);
    expect(ran.gives['out']).toMatchObject([{ body: 'ok' }]);
    const codes = (ran.gives['err'] as { error: { code: string } }[]).map(({ error }) => error.code);
    expect(codes).toEqual(['IO_HTTP_HOST_REFUSED', 'IO_HTTP_ADDRESS']);
  });

  test('[HT4] a secret is sent to the first host and not to another', async () => {
    const port = new URL(base).port;
    answer = ({ url, headers }, response) => {
      if (url === '/first') response.writeHead(307, { location: `http://localhost:${port}/second` }).end();
      else response.end(headers.authorization ?? 'none');
    };
    const settings = { url: `${base}/first`, secret: 'key', allowedHosts: ['127.0.0.1', 'localhost'] };
    answer = (
      (redirect) => (one, response) =>
        redirect(one, response)
    )(answer);
    // Two names of one machine; the second need not resolve here.
    const byAddress = (request: Request): Promise<Response> =>
      fetch(new Request(request.url.replace('localhost', '127.0.0.1'), request));
    const tools = manualTools({ http: byAddress, secret: async () => 's3cret' });
    const ran = await rig(http, { settings, tools }).run({ in: ['x'] });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer s3cret', undefined]);
    expect(ran.gives['out']).toMatchObject([{ body: 'none' }]);
  });

  test('a redirect after POST becomes a GET, and a circle of them ends', async () => {
    answer = ({ url, method }, response) => {
      if (url === '/') response.writeHead(303, { location: '/got' }).end();
      else if (url === '/got') response.end(method);
      else response.writeHead(301, { location: '/circle' }).end();
    };
    expect((await run({ url: base, method: 'POST', body: 'message' }, ['x'])).gives['out']).toMatchObject([{ body: 'GET' }]);
    expect(failure(await run({ url: `${base}/circle`, retries: 0 }, ['x']))?.message).toMatch(/more than 5 times/);
  });

  test('a secret that is not there is rejected by its name', async () => {
    expect(failure(await run({ url: base, secret: 'other' }, ['x']))?.message).toBe('there is no secret named other');
  });

  test.each([
    ['ftp://x/', undefined, /must start with http/],
    ['http:///x', undefined, /no valid host/],
    ['http://{{h}}/', undefined, /needs the setting allowedHosts/],
    ['http://user:pw@example.com/', undefined, /password/],
    ['http://example.com/', ['*.example.com'], /not among allowedHosts/],
    ['http://a.example.com/{{x}}', ['*.example.com'], undefined],
    ['https://{{h}}.example.com/', ['*.example.com'], undefined],
  ])('the address %s with %j is checked when it is typed', (url, allowedHosts, message) => {
    const found = http.check({ url, ...(allowedHosts !== undefined && { allowedHosts }) });
    if (message === undefined) expect(found).toBeUndefined();
    else expect(found?.message).toMatch(message);
  });
});
