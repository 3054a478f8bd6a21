import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../../../launch.js', import.meta.url));

export interface LaunchOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  readonly cwd?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** The whole program in a process of its own, as a person starts it. */
export class Launched {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  out = '';
  err = '';

  constructor(args: readonly string[], { env = {}, nodeFlags = [], cwd }: LaunchOptions = {}) {
    // biome-ignore lint/style/noProcessEnv: settings of whoever runs the tests must not reach the program under test
    const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
    this.child = spawn(process.execPath, [...nodeFlags, launcher, ...args], {
      env: { PATH, HOME, ...(TMPDIR !== '' && { TMPDIR }), ...env },
      ...(cwd !== undefined && { cwd }),
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    // Not `exit`: what was printed last is only there once the pipes are closed.
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal, out: this.out, err: this.err }) as Ended);
  }

  /** Resolves when standard output holds the pattern, with its first group; throws when the program ends before that. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found !== null) return found[1] ?? found[0];
      const more = await Promise.race([once(this.child.stdout, 'data'), this.ended]);
      if (!Array.isArray(more) && pattern.exec(this.out) === null) throw new Error(`it ended: ${this.out}${this.err}`);
    }
  }
}

/** Runs one command to its end. */
export function launched(args: readonly string[], options?: LaunchOptions): Promise<Ended> {
  return new Launched(args, options).ended;
}
