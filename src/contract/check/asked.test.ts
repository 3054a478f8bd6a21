import { expect, test } from 'vitest';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import { CheckOrder, checkQuestions } from '#model/checks/check-job.ts';
import { answer, askedQuestions, prepareCheck } from './check.ts';
import { engineNames, usualBudget } from './engine.ts';
import { engines } from './ladder.ts';

const lookup = lookupOf(
  kind('a.source', 'out:out', 'S = out -> S |~| out.end -> SKIP'),
  kind('a.sink', 'in:in', 'S = in -> S [] in.end -> SKIP'),
);

test('[V126] only what is wanted is asked, and deadlock', () => {
  const prepared = prepareCheck(design({ s: 'a.source', e: 'a.sink' }, ['s.out -> e.in']), lookup);
  const every = answer(prepared).map(({ rule }) => rule);
  expect(answer(prepared, usualBudget, { questions: [] }).map(({ rule }) => rule)).toEqual(['deadlock']);
  for (const one of askedQuestions) {
    const heard: string[][] = [];
    const found = answer(prepared, usualBudget, { questions: [one], heard: (so) => heard.push(so.map(({ rule }) => rule)) });
    expect(found.map(({ rule }) => rule)).toEqual(['deadlock', one]);
    expect(found[1]?.engine === 'none').toBe(!every.includes(one));
    // Told once after the deadlock and once before the one question: no other was asked.
    expect(heard).toEqual([['deadlock'], ['deadlock']]);
  }
});

test('[V126] the questions and engines that an order may name are those there are', () => {
  expect(askedQuestions).toEqual(checkQuestions);
  const { engine, questions } = CheckOrder.properties;
  expect(questions.items.enum).toEqual(askedQuestions);
  expect(engine.enum).toEqual(engineNames);
  expect(engines.map(({ name }) => name)).toEqual(engineNames);
});
