import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { AnsweredScript, ScriptQuestion } from './script-question.ts';

/** V108  Scripts that ask for as much memory as they can get, by different ways. */
const hostile: readonly (readonly [string, string])[] = [
  ['many states with long names', 'channel a : {0..9}\nP(s) = a?x -> P(s^<x>)\nassert P(<0,1,2,3,4,5,6,7,8,9>) :[deadlock free]'],
  [
    'many processes side by side in one',
    'channel a : {0..29}\nQ(n) = a.n -> Q(n)\nP(n) = a.0 -> STOP [] a.0 -> P(n + 1)\nR(i) = a.i -> a.i -> a.i -> STOP\nassert (||| i:{0..29} @ R(i)) ; STOP :[deadlock free]',
  ],
  [
    'a state with many ends',
    'channel a : {0..199}\nP = |~| i:{0..199} @ (a.i -> P [] a?x -> P)\nassert (||| i:{0..9} @ P) ; STOP :[deadlock free]',
  ],
  [
    'large sets, many of them',
    'f(n) = if n == 0 then 0 else card(union({0..9999}, {n})) + f(n - 1)\ng(n) = {n..n + 20000}\nh(n) = if n == 0 then {} else union(g(n), {card(h(n - 1))})\nassert card(h(700)) == 3',
  ],
  ['rules in many ways', 'channel a, b\nQ = a -> Q\nassert (||| i:{0..499} @ Q) [| {a} |] (||| i:{0..499} @ Q) :[deadlock free]'],
];

const maxBytes = 100 * 1024 * 1024;

test.each(hostile)(
  '[V108] within the memory it is given: %s',
  async (_, text) => {
    const question: ScriptQuestion = {
      text: `${text}\nassert SKIP :[deadlock free]`,
      budget: { maxStates: 10_000_000, maxMs: 20_000, maxBytes },
    };
    const worker = new Worker(new URL('./script-worker.ts', import.meta.url), {
      workerData: question,
      // More ends the thread, and the test.
      resourceLimits: { maxOldGenerationSizeMb: 300 },
    });
    const [answer] = (await once(worker, 'message')) as [AnsweredScript];
    await worker.terminate();
    expect(answer.result).toMatchObject({ ok: true, answers: [{ verdict: 'unknown' }, { verdict: 'proved' }] });
  },
  60_000,
);
