/** A server in a process of its own, until it is ended. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

type Child = ChildProcessByStdio<null, Readable, null>;

export interface Served {
  /** `http://127.0.0.1:…` */
  readonly address: string;
  readonly pid: number;
  end(): Promise<void>;
}

/** What `csp serve` is started with, its data in the folder. */
export function productAt(dataFolder: string): readonly string[] {
  return [fileURLToPath(new URL('../launch.js', import.meta.url)), 'serve', '--port', '0', '--data', dataFolder];
}

/** Starts a server that says where it is `open at`, and waits for that. */
export async function served(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Served> {
  const env = { ...process.env, ...environment };
  const child: Child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  try {
    const address = await addressOf(child);
    child.stdout.resume();
    return { address, pid: child.pid as number, end };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

async function addressOf(child: Child): Promise<string> {
  let said = '';
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text as string;
    const [, address] = /open at (http:\S+)\n/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`the server ended before it listened: ${said}`);
}
