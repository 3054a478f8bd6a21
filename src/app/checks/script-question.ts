import { performance } from 'node:perf_hooks';
import { type Budget, type EngineName, thorough } from '#contract/check/engine.ts';
import { checkScript, type ScriptResult } from '#importers/cspm/check-script.ts';

/** What is asked about a script; plain data, so that a thread can be asked. */
export interface ScriptQuestion {
  readonly text: string;
  /** Of each assertion. */
  readonly budget: Omit<Budget, 'now' | 'goOn'>;
  /** Deadlock is asked of this engine alone. */
  readonly engine?: EngineName;
}

export interface AnsweredScript {
  readonly result: ScriptResult;
  readonly cpuSeconds: number;
}

/** Answers in this thread. */
export function answerScript({ text, budget, engine }: ScriptQuestion): AnsweredScript {
  const before = process.threadCpuUsage();
  const result = checkScript(
    text,
    { ...budget, now: () => performance.now(), again: thorough },
    engine === undefined ? {} : { engine },
  );
  const { user, system } = process.threadCpuUsage(before);
  return { result, cpuSeconds: (user + system) / 1e6 };
}
