/** A server in a process of its own, until it is ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface Served {
  /** `http://127.0.0.1:…` */
  readonly address: string;
  readonly pid: number;
  /** Answers of a module that was loaded before (`--import`) and answers each message of its parent. */
  ask<Answer>(): Promise<Answer>;
  end(): Promise<void>;
}

/** What `csp serve` is started with: its data in the folder, and perhaps more. */
export function productAt(dataFolder: string, ...more: readonly string[]): readonly string[] {
  return [fileURLToPath(new URL('../launch.js', import.meta.url)), 'serve', '--port', '0', '--data', dataFolder, ...more];
}

/** Starts a server that says where it is `open at`, and waits for that; with `asks` it can be asked. */
export async function served(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  asks = false,
): Promise<Served> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit', ...(asks ? ['ipc' as const] : [])] });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  try {
    const output = child.stdout as Readable;
    const address = await addressOf(output);
    output.resume();
    return { address, pid: child.pid as number, ask: () => askedOf(child), end };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

async function askedOf<Answer>(child: ChildProcess): Promise<Answer> {
  const answered = once(child, 'message') as Promise<[Answer]>;
  child.send('?');
  return (await answered)[0];
}

async function addressOf(output: Readable): Promise<string> {
  let said = '';
  for await (const text of output.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text as string;
    const [, address] = /open at (http:\S+)\n/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`the server ended before it listened: ${said}`);
}

interface Row {
  readonly id: string;
  readonly state: string;
}

/** Asks the API of a server. @throws with the answer, when that is no success. */
export async function sent<T = Row>(method: 'GET' | 'POST', url: string, body?: object): Promise<T> {
  const init = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, { method, ...init });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} was answered ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** The last hundred sessions of a server. */
export async function sessionsOf(api: string): Promise<readonly Row[]> {
  return (await sent<{ readonly items: readonly Row[] }>('GET', `${api}/executions?limit=100`)).items;
}

/** Stops what runs from the start, brings a design in. @returns its id. */
export async function prepare(api: string, design: object): Promise<string> {
  for (const { id } of await sessionsOf(api)) await sent('POST', `${api}/executions/${id}/stop`);
  return (await sent('POST', `${api}/designs/import`, design)).id;
}
