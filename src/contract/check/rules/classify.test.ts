import { expect, test } from 'vitest';
import { explore } from '#contract/compile.ts';
import { parse } from '#contract/parse.ts';
import { type ContractClass, classOf } from './classify.ts';

function classified(text: string, ...inputs: readonly string[]): ContractClass {
  const parsed = parse(text);
  const explored = parsed.ok ? explore(parsed.contract) : undefined;
  if (explored?.ok !== true) throw new Error(text);
  return classOf(explored.lts, new Set(inputs));
}

test.each([
  ['A = (a -> SKIP ||| b -> SKIP) ; (c -> SKIP ||| d -> SKIP) ; A', 'io-seq'],
  ['A = (a -> SKIP ||| b -> SKIP ||| c -> SKIP) ; A', 'io-par'],
  ['A = a -> c -> A', 'io-seq'],
  ['A = a -> b -> c -> A', 'round'],
  ['A = HOLD(0)\nHOLD(n) = (if n < 3 then a -> HOLD(n+1) else STOP) [] (if n > 0 then c -> HOLD(n-1) else STOP)', 'round'],
  ['A = a -> A [] b -> A', 'none'],
  ['A = a -> c -> c -> A', 'none'],
  ['A = a -> (c -> A |~| A)', 'none'],
  ['A = a -> B\nB = c -> B', 'none'],
  ['A = a -> c -> A [] a.end -> c.end -> SKIP', 'io-seq'],
  ['A = a -> c -> SKIP', 'none'],
  ['A = a -> A [] a.end -> b -> SKIP', 'io-par'],
] as const)('[V27] the rounds of %s: %s', (text, rounds) => {
  expect(classified(text, 'a', 'b').rounds).toBe(rounds);
});

test('[V28] who waits for all that may ask, and then only asks others, serves', () => {
  expect(classified('A = a -> c -> A [] b -> c -> A', 'a', 'b').serves).toBe(true);
  expect(classified('A = a -> c -> A [] a.end -> B\nB = b -> c -> B [] b.end -> SKIP', 'a', 'b').serves).toBe(false);
  expect(
    classified(
      'A = a -> c -> A [] b -> c -> A [] a.end -> B [] b.end -> C\nB = b -> c -> B [] b.end -> SKIP\nC = a -> c -> C [] a.end -> SKIP',
      'a',
      'b',
    ).serves,
  ).toBe(true);
  expect(classified('A = a -> b -> c -> A', 'a', 'b').serves).toBe(false);
  expect(classified('A = s.ask -> c -> s.reply -> A', 's').serves).toBe(true);
  expect(classified('A = c -> A').serves).toBe(false);
});

test('[V27] decisions, ends and endless deciding are told', () => {
  expect(classified('A = a -> (c -> A |~| SKIP)', 'a')).toMatchObject({ deterministic: false, mayEnd: true, diverges: false });
  expect(classified('A = a -> c -> A', 'a')).toMatchObject({ deterministic: true, mayEnd: false, diverges: false });
  const forEver = { labels: ['a'], moves: [[{ label: -1, to: 1 }], [{ label: -1, to: 0 }]], final: [false, false] };
  expect(classOf(forEver, new Set(['a'])).diverges).toBe(true);
});
