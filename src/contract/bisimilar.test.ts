import { expect, test } from 'vitest';
import { bisimilar } from './bisimilar.ts';
import { explore } from './compile.ts';
import type { Lts } from './lts.ts';
import { parse } from './parse.ts';

function ltsOf(text: string): Lts {
  const parsed = parse(text);
  const explored = parsed.ok ? explore(parsed.contract) : undefined;
  if (explored?.ok !== true) throw new Error(text);
  return explored.lts;
}

test.for([
  ['P = a -> P', 'P = a -> Q\nQ = a -> a -> P', true],
  ['P = a -> (b -> P [] c -> P)', 'P = a -> b -> P [] a -> c -> P', false],
  ['P = a -> SKIP', 'P = a -> STOP', false],
  ['P = a -> b -> STOP [] a -> b -> STOP', 'P = a -> b -> STOP', true],
  ['P = a -> STOP |~| b -> STOP', 'P = a -> STOP [] b -> STOP', false],
  ['P = a -> STOP', 'P = b -> STOP', false],
] as const)('[V107] %s and %s: bisimilar %s', ([a, b, expected]) => {
  expect(bisimilar(ltsOf(a), ltsOf(b))).toBe(expected);
  expect(bisimilar(ltsOf(b), ltsOf(a))).toBe(expected);
});
