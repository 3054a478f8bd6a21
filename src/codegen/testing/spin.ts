import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { System } from '#contract/network.ts';
import { cell, endedOf, optionsOf } from '../promela.ts';

/** SPIN (Holzmann 1991) as an oracle for tests: it shares nothing with our engines but the system it is given. */

const run = promisify(execFile);

/** What SPIN says of one system. */
export interface SpinAnswer {
  readonly states: number;
  readonly deadlock: boolean;
}

/** Runs a model of ours as people would: its stored states, and whether it has an invalid end state. */
export async function spinAnswer(model: string): Promise<SpinAnswer> {
  const out = await panOf(model);
  const states = Number(/(\d+) states, stored/.exec(out)?.[1]);
  return { states, deadlock: /^pan:\d+: invalid end state/m.test(out) };
}

/**
 * Many systems in one model, since a compiler runs for each model: the first step chooses one, and there is no way from one to another. In
 * each state a guard that is never true counts it, and where nothing else is possible (`else`) a step says whether the system has ended.
 */
export async function spinAnswers(systems: readonly System[]): Promise<readonly SpinAnswer[]> {
  const width = Math.max(1, ...systems.map(({ parts }) => parts.length));
  const states = Math.max(1, ...systems.flatMap(({ shapes }) => shapes.map(({ first }) => first.length - 1)));
  const cells = Array.from({ length: width }, (_, part) => `s${part}`);
  const out = await panOf(
    [
      counting(systems.length),
      ...cells.map((name) => `${cell(states)} ${name};`),
      'active proctype systems() {',
      `  if ${systems.map((_, at) => `:: goto M${at}`).join(' ')} fi;`,
      ...systems.flatMap((system, at) => bodyOf(system, at, cells)),
      'DONE: skip',
      '}',
    ].join('\n'),
  );
  const answers = [...out.matchAll(/^of (\d+) (\d+)$/gm)].map(([, count, dead]) => ({
    states: Number(count),
    deadlock: dead !== '0',
  }));
  if (answers.length !== systems.length || /max search depth too small/.test(out)) throw new Error(out);
  return answers;
}

function counting(systems: number): string {
  return [
    'c_decl {',
    '\\#include <stdlib.h>',
    `  long visits[${systems}]; long deads[${systems}]; int counts_told = 0;`,
    `  void tell_counts(void) { for (int i = 0; i < ${systems}; i++) printf("of %ld %ld\\n", visits[i], deads[i]); }`,
    '  int visit(int i) { if (!counts_told++) atexit(tell_counts); visits[i]++; return 0; }',
    // Called by another name, since SPIN takes a call for a side effect, which this is.
    ...Array.from({ length: systems }, (_, at) => `\\#define VISIT${at} visit(${at})`),
    '}',
  ].join('\n');
}

function bodyOf(system: System, at: number, cells: readonly string[]): string[] {
  const ended = endedOf(system) ?? 'false';
  const dead = `if :: ${ended} -> skip :: else -> c_code { deads[${at}]++; } fi`;
  const reset = cells.map((name) => `${name} = 0`).join('; ');
  return [
    `M${at}: do`,
    `  :: c_expr { VISIT${at} } -> skip`,
    ...optionsOf(system).map(({ text }) => `  :: ${text}`),
    `  :: else -> d_step { ${dead}; ${reset} }; goto DONE`,
    '  od;',
  ];
}

async function panOf(model: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spin-'));
  const here = { cwd: folder, maxBuffer: 2 ** 26 };
  try {
    await writeFile(join(folder, 'm.pml'), model);
    await run('spin', ['-a', '-o1', '-o2', '-o3', 'm.pml'], here);
    // tcc compiles the program of a hundred models in a thirtieth of the time gcc takes, and it runs but for an instant.
    await run('tcc', ['-w', '-DSAFETY', '-DNOREDUCE', '-o', 'pan', 'pan.c'], here);
    return (await run(join(folder, 'pan'), ['-m500000', '-w20', '-c0'], here)).stdout;
  } catch (thrown) {
    const { stdout = '', stderr = '', message } = thrown as Error & { stdout?: string; stderr?: string };
    throw new Error(
      `SPIN does not take the model (are spin and tcc installed? node tools/peers.ts): ${`${message}\n${stdout}${stderr}`.slice(0, 2_000)}`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
