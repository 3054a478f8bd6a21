import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from './parse.ts';
import { print } from './print.ts';
import { faultText } from './term.ts';
import { contract } from './testing/terms.ts';

function tree(text: string): unknown {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(faultText(parsed.fault));
  return parsed.contract;
}

function fault(text: string): string {
  const parsed = parse(text);
  return parsed.ok ? 'no fault' : faultText(parsed.fault);
}

test('[K1] what is printed parses to the same tree', () => {
  fc.assert(
    fc.property(contract, (one) => {
      expect(tree(print(one))).toEqual(one);
    }),
    { numRuns: 500 },
  );
});

test('[K1] any text gives a tree or one fault with a place', () => {
  const words = fc.constantFrom(
    'P',
    'Q',
    '=',
    '->',
    '[]',
    '|~|',
    '|||',
    ';',
    '[|',
    '|]',
    '(',
    ')',
    'a',
    '.',
    'end',
    'if',
    'then',
    'else',
    '@',
    ':',
    '{',
    '}',
    '..',
    '1',
    'SKIP',
    '\n',
    '--',
    '$',
    ',',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(words, { maxLength: 30 }).map((list) => list.join(' ')),
      ),
      (text) => {
        const parsed = parse(text);
        if (!parsed.ok) expect(parsed.fault.place?.line).toBeGreaterThan(0);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('[K1] a prefix binds tightest, then ;  []  |~|  [| |]  |||, as in CSPm', () => {
  expect(tree('P = a -> SKIP ; b -> SKIP [] P |~| STOP [| a |] P ||| P')).toEqual(
    tree('P = (((((((a -> SKIP) ; (b -> SKIP)) [] P) |~| STOP) [| a |] P) ||| P))'),
  );
});

test('[K1] joined terms of one operator are one list; parentheses keep their own', () => {
  expect(tree('P = STOP [] STOP [] STOP')).not.toEqual(tree('P = (STOP [] STOP) [] STOP'));
});

test('[K1] a replicated operator and an else branch reach as far to the right as they can', () => {
  expect(tree('P = a -> [] i:{0..1} @ b.i -> P [] P')).toEqual(tree('P = a -> ([] i:{0..1} @ (b.i -> P [] P))'));
  expect(tree('P = if 1 < 2 then STOP else STOP [] P')).toEqual(tree('P = if 1 < 2 then STOP else (STOP [] P)'));
});

test('[K1] in expressions * binds tighter than +, then comparison, not, and, or', () => {
  expect(tree('P = if not 1 + 2 * 3 == 7 and 1 < 2 or 2 > 1 then STOP else STOP')).toEqual(
    tree('P = if ((not ((1 + (2 * 3)) == 7)) and (1 < 2)) or (2 > 1) then STOP else STOP'),
  );
  expect(tree('P = Q(1 - 2 - 3) Q(i) = STOP')).toEqual(tree('P = Q((1 - 2) - 3) Q(i) = STOP'));
});

test('[K1] comments and line ends are blanks; the next equation begins where a capital name follows a whole process', () => {
  expect(tree('P = a -> Q -- the rest\r\n-- of it\n Q = b -> P')).toEqual(tree('P=a->Q Q=b->P'));
});

test.each([
  ['', 'line 1, column 1: expected an equation such as NAME = …, found the end of the text'],
  ['P', 'line 1, column 2: expected "=", found the end of the text'],
  ['P = a', 'line 1, column 6: expected "->" after the event, found the end of the text'],
  ['P = a -> \n b', 'line 2, column 3: expected "->" after the event, found the end of the text'],
  ['P = a -> SKIP b', 'line 1, column 15: expected an operator, the next equation or the end of the text, found "b"'],
  ['P = in?x -> P', 'line 1, column 7: "?" is not part of the language'],
  ['P = (a -> P', 'line 1, column 12: expected ")", found the end of the text'],
  ['P = a -> Q', 'line 1, column 10: there is no equation for Q'],
  ['P = a -> Q(1) Q = STOP', 'line 1, column 10: Q has 0 parameters, here are 1'],
  ['P = a.i -> P', 'line 1, column 7: i is neither a parameter nor "end", "ask", "reply" or "quit"'],
  ['P = a.end.1 -> P', 'line 1, column 11: nothing follows .end'],
  ['P = a.1.2 -> P', 'line 1, column 9: expected "end", "ask", "reply" or "quit", found "2"'],
  ['P = a -> P P = STOP', 'line 1, column 12: P already has an equation'],
  ['SKIP = STOP', 'line 1, column 1: SKIP cannot be defined'],
  ['P(i, i) = STOP', 'line 1, column 6: i is a parameter already'],
  ['P = if 1 then STOP else STOP', 'line 1, column 8: expected a condition, found a number'],
  ['P = if 1 < 2 and 3 then STOP else STOP', 'line 1, column 14: "and" joins two conditions'],
  ['P = Q(1 < 2) Q(i) = STOP', 'line 1, column 7: expected a number, found a condition'],
  ['P = if 1 < 2 < 3 then STOP else STOP', 'line 1, column 14: expected "and", "or" or the end of the comparison, found "<"'],
  ['P = [] i:{0..n} @ a.i -> P', 'line 1, column 14: n is not a parameter here'],
  ['P = ; i:{0..1} a -> P', 'line 1, column 16: expected "@", found "a"'],
  ['P = a [| b |] P', 'line 1, column 7: expected "->" after the event, found "[|"'],
  ['P = P [| b P', 'line 1, column 12: expected "," or "|]", found "P"'],
  ['P = a.12345678901 -> P', 'line 1, column 7: 12345678901 is too large a number'],
  ['P = 😀', 'line 1, column 5: "😀" is not part of the language'],
])('[K1] %j is refused with what was expected and what was found', (text, message) => {
  expect(fault(text)).toBe(message);
});

test('[K1] a text that nests or grows without end is refused, not the stack', () => {
  expect(fault(`P = ${'('.repeat(100_000)}`)).toContain('nested deeper than 400 levels');
  expect(fault(`P = ${'a -> '.repeat(20_000)}P`)).toContain('nested deeper');
  expect(fault(`P = Q(${'-'.repeat(10_000)}1)`)).not.toBe('no fault');
  expect(fault(`P = ${'a -> P [] '.repeat(60_000)}P`)).toContain('at most');
});
