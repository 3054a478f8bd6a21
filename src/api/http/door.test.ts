import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { App } from '#app/app.ts';
import { createServer } from './server.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

let folder: string;
let server: RealServer;
const lines: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csp-page-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>the page</title>');
  await writeFile(join(folder, 'assets', 'main-abc.js'), 'export {}');
  server = await realServer({
    pageFolder: folder,
    corsOrigin: ['https://friend.example'],
    logLevel: 'error',
    log: { write: (line) => void lines.push(line) },
    live: (socket) => socket.on('message', (data) => socket.send(data)),
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the page', () => {
  it('[W1] is served at every address that is neither the API nor a file', async () => {
    for (const path of ['/', '/designs/0198', '/anything/else?x=1']) {
      const page = await fetch(server.origin + path);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(await page.text()).toContain('the page');
      expect(page.headers.get('cache-control')).toBe('no-cache');
    }
    expect((await fetch(`${server.origin}/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${server.origin}/..%2f..%2fetc/passwd`)).status).not.toBe(500);
    expect((await server.call('POST /', {})).status).toBe(404);
  });

  it('[W1] may keep its assets for ever, and runs nothing of others', async () => {
    const asset = await fetch(`${server.origin}/assets/main-abc.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    const { headers } = await fetch(server.origin);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("worker-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe/);
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).not.toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('[W8] pages of other origins', () => {
  const post = (origin: string) =>
    fetch(`${server.origin}/api/v1/designs`, {
      method: 'POST',
      body: '{"name":"x"}',
      headers: { origin, 'content-type': 'application/json' },
    });

  it('change nothing, unless allowed by name', async () => {
    expect(await (await post('https://foe.example')).json()).toMatchObject({ status: 403, code: 'API_ORIGIN_REFUSED' });
    expect((await post('null')).status).toBe(403);
    expect((await post(server.origin)).status).toBe(201);
    const friend = await post('https://friend.example');
    expect([friend.status, friend.headers.get('access-control-allow-origin')]).toEqual([201, 'https://friend.example']);
    expect(friend.headers.get('access-control-expose-headers')).toContain('etag');
  });

  it('read only when allowed by name', async () => {
    const read = (origin: string) => fetch(`${server.origin}/api/v1/components`, { headers: { origin } });
    expect((await read('https://foe.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect((await read('https://friend.example')).headers.get('access-control-allow-origin')).toBe('https://friend.example');
  });

  it('do not come in by a name that was made to point here', async () => {
    const ask = (host: string) =>
      new Promise<number | undefined>((settle) => {
        get(`${server.origin}/api/v1/health`, { headers: { host } }, (answer) => {
          answer.resume();
          settle(answer.statusCode);
        });
      });
    expect(await ask('rebound.example:8080')).toBe(403);
    expect(await ask('127.0.0.1.example')).toBe(403);
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:9', 'friend.example']) expect(await ask(host), host).toBe(200);
  });

  it('do not listen to the live socket', async () => {
    const open = (origin?: string) =>
      new Promise<string>((settle) => {
        const socket = new WebSocket(
          `${server.origin.replace('http', 'ws')}/api/v1/live`,
          origin === undefined ? {} : { origin },
        );
        socket.once('open', () => socket.send('hello'));
        socket.once('message', (data) => {
          socket.close();
          settle(String(data));
        });
        socket.once('error', ({ message }) => settle(message));
      });
    expect(await open()).toBe('hello');
    expect(await open(server.origin)).toBe('hello');
    expect(await open('https://friend.example')).toBe('hello');
    expect(await open('https://foe.example')).toContain('403');
  });
});

describe('the server', () => {
  it('says which port is taken, and how to choose another', async () => {
    const port = Number(new URL(server.origin).port);
    const second = await createServer(server.app, { logLevel: 'silent' });
    await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'API_PORT_TAKEN',
      blame: 'world',
      message: `Port ${port} is in use. Choose another one with --port or PORT.`,
    });
    await second.close();
  });

  it('says that an address is not of this machine', async () => {
    const second = await createServer(server.app, { logLevel: 'silent' });
    await expect(second.listen({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'API_ADDRESS_REFUSED' });
    await second.close();
  });

  it('[W2] logs a bug under the id it answers with, and tells nobody what it was', async () => {
    const broken = { ...server.app, health: () => Promise.reject(new Error('secret of the house')) } as unknown as App;
    const logged: string[] = [];
    const second = await createServer(broken, { logLevel: 'error', log: { write: (line) => void logged.push(line) } });
    const port = await second.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/health`);
    const problem = (await answer.json()) as { requestId: string };
    expect(problem).toMatchObject({ status: 500, code: 'API_BUG', requestId: expect.any(String) });
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(logged.join('')).toContain('secret of the house');
    expect(logged.join('')).toContain(problem.requestId);
    await second.close();
  });

  it('[W13] closes although a socket is open and a connection idle', async () => {
    const second = await createServer(server.app, { logLevel: 'silent', live: () => {} });
    const port = await second.listen({ host: '127.0.0.1', port: 0 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`);
    await new Promise((opened) => socket.once('open', opened));
    const closed = new Promise((settle) => socket.once('close', settle));
    await fetch(`http://127.0.0.1:${port}/api/v1/health`);
    await second.close();
    expect(await closed).toBe(1001);
    await second.close();
  });

  it('[W2] survives what is no HTTP at all', async () => {
    const port = Number(new URL(server.origin).port);
    const said = await new Promise<string>((settle) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('HELLO\r\n\r\n'));
      socket.once('data', (data) => settle(String(data)));
    });
    expect(said).toMatch(/^HTTP\/1.1 400/);
    expect((await fetch(`${server.origin}/api/v1/health`)).status).toBe(200);
    expect(lines).toEqual([]);
  });
});
