import { parseArgs } from 'node:util';
import type { VerifiedLog } from '#app/editing/verify-log.ts';
import type { FileCommands } from '#app/files/file-commands.ts';
import { type CommandName, commands } from './usage.ts';
import { UsageFault } from './usage-fault.ts';
import type { VerifyLogOptions } from './verify-log.ts';

/** Everything the command line reaches the world with; a test hands in its own. */
export interface CliWorld {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly version: string;
  /** What `--help` says of the environment. */
  readonly environment: string;
  /** Whether whoever reads the output sees colours. */
  readonly colour: boolean;
  /** The command that starts this program, for a shell. */
  readonly self: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Starts the server and resolves with the exit code when it has stopped. */
  readonly serve: (options: ServeOptions) => Promise<number>;
  /** The file commands over the catalogue, plugins of `folders` (and those beside `file`) included. */
  readonly open: (folders: readonly string[], file?: string) => Promise<FileCommands>;
  /** Holds the log of the stored designs against the tables; what is found of each design is told as it is found. */
  readonly verifyLog: (options: VerifyLogOptions) => AsyncIterable<VerifiedLog>;
}

export interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly components: readonly string[];
}

/** A command as it was given. */
export interface Call {
  readonly world: CliWorld;
  readonly words: readonly string[];
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
}

/** Takes the words behind a command apart. Throws UsageFault. */
export function readCall(command: CommandName, args: readonly string[], world: CliWorld): Call {
  const options = Object.fromEntries(
    Object.entries(commands[command].options).map(([name, { type, ...more }]) => [
      name,
      { type, multiple: 'multiple' in more, ...('short' in more && { short: more.short }) },
    ]),
  );
  let values: Record<string, unknown>;
  let words: string[];
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    values = parsed.values;
    words = parsed.positionals;
  } catch (thrown) {
    throw new UsageFault((thrown as Error).message.split(/\.\s/)[0] ?? 'wrong options');
  }
  return {
    world,
    words,
    text: (name) => values[name] as string | undefined,
    texts: (name) => (values[name] as string[] | undefined) ?? [],
    flag: (name) => values[name] === true,
  };
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
