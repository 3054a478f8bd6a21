/** The peer in Go: built from `go/main.go` into a temporary folder, run once for each measurement. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface GoTimes {
  readonly cpuMs: number;
  readonly ms: number;
  /** With the case `bytes` alone. */
  readonly bytes?: number;
}

/** The path of the program; undefined, with a word of what to do, where there is no Go. It is removed at the end. */
export async function buildGo(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'csp-go-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    await run('go', ['build', '-o', join(folder, 'bench'), '.'], { cwd: join(import.meta.dirname, 'go') });
    return join(folder, 'bench');
  } catch (thrown) {
    process.stdout.write(`Without Go (${(thrown as Error).message.trim()}). To have it beside: apt-get install golang-go\n`);
    return undefined;
  }
}

/** One round of a case, alone in its process. */
export async function runGo(program: string, name: string, processors: number): Promise<GoTimes> {
  const { stdout } = await run(program, [name], { env: { ...process.env, GOMAXPROCS: String(processors) } });
  return JSON.parse(stdout) as GoTimes;
}
