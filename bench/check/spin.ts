/** SPIN on a model: how many states it stores and what pan itself takes, without generating and compiling it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A run that takes longer is ended. */
export const greatestMs = 120_000;

/** A model SPIN has compiled, without reductions, to count every state as we do. */
export interface Pan {
  /** States stored and processor seconds of a run; undefined when it took more than `greatestMs`. */
  run(): Promise<{ readonly states: number; readonly cpuSeconds: number } | undefined>;
  remove(): Promise<void>;
}

/** Undefined where there is no SPIN, compiler or time. */
export async function panOf(promela: string): Promise<Pan | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'spin-'));
  const inFolder = { cwd: folder, maxBuffer: 2 ** 26 };
  const remove = () => rm(folder, { recursive: true, force: true });
  await writeFile(join(folder, 'model.pml'), promela);
  try {
    // Without SPIN's own optimisations, which merge states.
    await run('spin', ['-a', '-o1', '-o2', '-o3', 'model.pml'], inFolder);
    await run('gcc', ['-O2', '-DSAFETY', '-DNOREDUCE', '-w', '-o', 'pan', 'pan.c'], inFolder);
  } catch (error) {
    await remove();
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
  const timed = async () => {
    // -c0: goes on past deadlocks; -w24: a table that fits from the start; -m: a stack that is deep enough.
    const command = "TIMEFORMAT='%U %S'; time ./pan -c0 -w24 -m10000000";
    const ended = await run('timeout', [String(greatestMs / 1000), 'bash', '-c', command], inFolder).catch(
      (error: { code?: unknown }) => {
        if (error.code === 124) return undefined;
        throw error;
      },
    );
    if (ended === undefined) return undefined;
    const { stdout, stderr } = ended;
    const states = Number(/(\d+) states, stored/.exec(stdout)?.[1]);
    const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    return { states, cpuSeconds: user + system };
  };
  return { run: timed, remove };
}
