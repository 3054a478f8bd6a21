import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type WebSocketRoute,
} from 'playwright-core';
import type { Design, DesignSummary } from '#model/design.ts';
import { freePort } from '#store/testing/free-port.ts';

/** The whole product for a test: a real server on a port of the system's choosing, and a browser in front of it. */
export interface Product {
  readonly address: string;
  /** Opens the page as a new visitor; hints are dismissed unless asked for. */
  open(path?: string, options?: Visit): Promise<Page>;
  /** What a browser said was wrong: errors of the page and of its console. */
  readonly complaints: string[];
  /** Ends the server as a crash would; `serveAgain` starts it on the same port and data. */
  kill(): Promise<void>;
  serveAgain(): Promise<void>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

export type Visit = BrowserContextOptions & {
  readonly hints?: boolean;
  /** The name that others see. */
  readonly name?: string;
  /** Through which the page talks to the live socket, so that a test can hold and cut it. */
  readonly wire?: Wire;
};

/** The live socket of a page in the hands of a test. */
export class Wire {
  #held: (() => void)[] | undefined;
  #isCut = false;
  #sockets = new Set<WebSocketRoute>();

  /** What the page says does not arrive, until `release`; it hears everything. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    for (const send of this.#held ?? []) send();
    this.#held = undefined;
  }

  /** The socket closes and cannot be opened, until `mend`. */
  async cut(): Promise<void> {
    this.#isCut = true;
    for (const socket of this.#sockets) await socket.close();
    this.#sockets.clear();
  }

  mend(): void {
    this.#isCut = false;
  }

  async join(page: Page): Promise<void> {
    await page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
      if (this.#isCut) return void socket.close();
      this.#sockets.add(socket);
      const server = socket.connectToServer();
      socket.onMessage((frame) => {
        if (this.#held === undefined) server.send(frame);
        else this.#held.push(() => server.send(frame));
      });
    });
  }
}

/** A design that the product comes with, by a part of its name. */
export async function exampleOf(product: Product, name: string): Promise<Design> {
  const { items } = await product.api<{ items: DesignSummary[] }>('GET', '/designs?limit=100');
  const found = items.find((design) => design.name.includes(name));
  return await product.api<Design>('GET', `/designs/${found?.id}`);
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
/** Where pictures go to be looked at. */
export const pictures = join(tmpdir(), 'csp-designer-pictures');

/** Starts a server with data of its own. */
export async function startProduct(): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-designer-e2e-'));
  await mkdir(pictures, { recursive: true });
  // A port that no other server is given while this one is down.
  const port = `${await freePort()}`;
  let server = await serve(folder, port);
  const { address } = server;
  const visitors = new Set<BrowserContext>();
  const complaints: string[] = [];
  return {
    address,
    complaints,
    async open(path = '/', options = {}) {
      const page = await open(address + path, options, complaints);
      visitors.add(page.context());
      return page;
    },
    kill: () => end(server.child, 'SIGKILL'),
    async serveAgain() {
      server = await serve(folder, port);
    },
    async api<T>(method: string, path: string, body?: unknown) {
      const headers = { 'if-match': '*', ...(body !== undefined && { 'content-type': 'application/json' }) };
      const answer = await fetch(`${address}/api/v1${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (answer.status === 204 ? undefined : await answer.json()) as T;
    },
    async close() {
      await Promise.all([...visitors].map((context) => context.close()));
      await end(server.child, 'SIGTERM');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function serve(folder: string, port: string): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, ['launch.js', 'serve', '--port', port], {
    cwd: root,
    // biome-ignore lint/style/noProcessEnv: the server gets what the test has, but its own folder.
    env: { ...process.env, DATA_DIR: folder, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (address === undefined) continue;
    child.stdout.resume();
    return { child, address: address.replace(/\/$/, '') };
  }
  throw new Error('the server ended before it told its address');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** One for all files that a worker runs (see vitest.config.ts), with a context of its own for every visitor; it ends with the worker. */
let browser: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  const args = [...flags, '--disable-component-update', '--disable-sync'];
  browser ??= chromium.launch({ executablePath: '/usr/bin/chromium', args });
  return browser;
}

async function open(address: string, { hints = false, name, wire, ...options }: Visit, complaints: string[]): Promise<Page> {
  const context = await (await launch()).newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
      complaints.push(message.text());
  });
  if (!hints) await page.addInitScript(() => localStorage.setItem('csp.hints', '9'));
  if (name !== undefined) await page.addInitScript((own) => localStorage.setItem('csp.name', own), name);
  await wire?.join(page);
  await page.goto(address);
  await page.waitForSelector('.react-flow');
  return page;
}

/** The verdict at the top, once the checks have told it. */
export async function verdict(page: Page, text: string): Promise<void> {
  await page.locator('.verdict[data-verdict="told"]', { hasText: text }).waitFor();
}

/** Waits until every change of this page is stored. */
export async function saved(page: Page, rev?: number): Promise<number> {
  const wanted = rev === undefined ? '' : `[data-rev="${rev}"]`;
  const mark = page.locator(`[data-saving="saved"]${wanted}`);
  await mark.waitFor({ state: 'attached' });
  return Number(await mark.getAttribute('data-rev'));
}

/** How many messages have passed a wire, as the outline says; the outline must be open. */
export async function count(page: Page, wire: string): Promise<number> {
  return Number(await page.locator(`[data-outline-wire="${wire}"]`).getAttribute('data-count'));
}

/** Waits until more than so many messages have passed a wire. */
export async function passed(page: Page, wire: string, more: number): Promise<void> {
  await page.waitForFunction(
    ([id, least]) => Number(document.querySelector(`[data-outline-wire="${id}"]`)?.getAttribute('data-count')) > Number(least),
    [wire, more] as const,
  );
}

/** The middle of something on the page. */
export async function middleOf(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
