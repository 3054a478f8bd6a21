import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { usualBudget } from '#contract/check/engine.ts';
import { faultText } from '#contract/term.ts';
import { checkScript } from './check-script.ts';

const runs = { numRuns: 500, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxStates: 2_000 };

/** The fault of a script that cannot be read, or why its first assertion has no answer. */
function fault(text: string): string {
  const result = checkScript(text, budget);
  if (!result.ok) return faultText(result.fault);
  const [first] = result.answers;
  return first?.verdict === 'unknown' ? first.message : `${first?.verdict}`;
}

describe('a script that cannot be read', () => {
  test.for([
    ['channel a\nP = a -> ', 'line 2, column 10: expected a process or a value, found the end of the text'],
    ['P = (STOP', 'line 1, column 10: expected ")", found the end of the text'],
    ['channel a\nP = a STOP', 'line 2, column 11: expected "=" after STOP, or an operator before it, found the end of the text'],
    ['P = if true STOP', 'line 1, column 13: expected "then", found "STOP"'],
    ['P = ; STOP', 'line 1, column 11: expected "@" after what is gone through, found the end of the text'],
    ['P = STOP\nP = SKIP', 'line 2, column 1: P is defined already'],
    ['P(x) = STOP\nP(x, y) = SKIP', 'line 2, column 1: the equations of P differ in their number of parameters'],
    ['channel a\na = STOP', 'line 2, column 1: a is declared already'],
    ['P = Q', 'line 1, column 1: P uses Q, which is neither defined nor declared'],
    ['include "more.csp"', 'line 1, column 1: "include" is not read: a script is one file, put the text of the other one here'],
    ['P = STOP {- and so on', 'line 1, column 10: this comment has no end: expected "-}"'],
    ['P = ¬STOP', 'line 1, column 5: "¬" is not part of the language'],
    ['assert STOP :[happy]', 'line 1, column 15: expected "deadlock free", "divergence free" or "deterministic", found "happy"'],
    ['assert STOP :[divergence free [F]]', 'line 1, column 33: divergence is not seen in F: write [FD] or nothing'],
    ['P(x + 1) = STOP', 'line 1, column 5: this is no pattern: a name, a constant, _, a tuple, <a, b>, <a>^rest or a.b'],
    ['channel a\nP = a$x -> STOP', 'line 2, column 6: "$" is not read: write |~| x:S @ c!x -> …'],
    ['channel a : Int', 'line 1, column 13: Int has no end: give a range such as {0..7}'],
  ] as const)('[V100] %j: %s', ([text, said]) => {
    expect(fault(text)).toBe(said);
  });

  test('[V100] any text gives a result, from bits of scripts as from any letters', () => {
    const bits =
      'channel a:{0..1} P = a -> ( ) [] |~| ||| ; [| |] { } {| |} < > , . ? ! @ STOP SKIP assert :[deadlock free] [T= [[ <- ]] \\ /\\ if then else let within x & # ^ not 1 -- \n';
    const text = fc.oneof(
      fc.array(fc.constantFrom(...bits.split(' ')), { maxLength: 40 }).map((words) => words.join(' ')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (script) => {
        expect(typeof fault(script)).toBe('string');
      }),
      runs,
    );
  });
});

describe('a process that means nothing', () => {
  test.for([
    [
      'channel a\nP = Q [] a -> P\nQ = P',
      'P',
      'line 3, column 5: P calls itself before it has communicated: put an event before the call',
    ],
    ['channel a\nP(n) = a -> P(n + 1)', 'P(0)', 'one process alone grows beyond 2,000 states: is a parameter unbounded?'],
    ['channel a\nP = a -> (P ||| P)', 'P', 'one process alone grows beyond 2,000 states: is a parameter unbounded?'],
    ['channel a : {0..2}\nP = a.5 -> STOP', 'P', 'line 2, column 5: 5 is not of the type that a has there (alphabet mismatch)'],
    ['channel a : {0..2}\nP = a -> STOP', 'P', 'line 2, column 5: a is no event yet: its channel carries 1 more'],
    [
      'channel a : {0..2}\nP = STOP [| {a} |] STOP',
      'P',
      'line 2, column 13: a is no event yet, its channel carries 1 more: write {| a |}',
    ],
    [
      'channel a : {0..2}\nchannel b : {0..1}\nP = STOP ||| (a.2 -> STOP) [[ a <- b ]]',
      'P',
      'line 3, column 36: b.2 is no event (alphabet mismatch)',
    ],
    ['P(0) = STOP', 'P(1)', 'line 2, column 9: no equation of P is for (1)'],
    ['P(x) = STOP', 'P', 'line 2, column 8: expected a process, found a function'],
    ['P = 3', 'P', 'line 2, column 8: expected a process, found a number'],
    ['P = if 3 then STOP else SKIP', 'P', 'line 1, column 8: expected true or false, found a number'],
    ['P = |~| x:{} @ STOP', 'P', 'line 1, column 5: |~| over an empty set has nothing to decide for'],
    ['P = 1 / 0 == 1 & STOP', 'P', 'line 1, column 7: a division by zero'],
  ] as const)('[V104] %j, %s: %s', ([text, process, said]) => {
    expect(fault(`${text}\nassert ${process} :[deadlock free]`)).toBe(`not known: ${said}`);
  });

  test('[V104] leaves the other assertions alone', () => {
    const result = checkScript('P = if 1 == 1 then 3 else STOP\nassert P :[deadlock free]\nassert SKIP :[deadlock free]', budget);
    expect(result).toMatchObject({ ok: true, verdict: 'unknown', answers: [{ verdict: 'unknown' }, { verdict: 'proved' }] });
  });
});

describe('no input keeps the reader busy', () => {
  const many = 50_000;
  test.for([
    [`P = ${'('.repeat(many)}STOP`, /nested deeper than 300 levels/],
    [`channel a\nP = ${'a -> '.repeat(many)}STOP`, /nested deeper than 300 levels/],
    [`P = ${'{-'.repeat(many)}`, /this comment has no end/],
    [`x = ${'<'.repeat(many)}`, /nested deeper/],
    [`x = ${'if true then '.repeat(many)}`, /nested deeper/],
    [`x = 1${' + 1'.repeat(many)}`, /more than 1000 operators in a row/],
    ['assert card({0..100000000}) == 3', /has more than 200000 members/],
    ['assert card({(x,y) | x <- {0..9999}, y <- {0..9999}}) == 3', /goes through more than 200000 values/],
    ['f(n) = f(n + 1)\nassert f(0) == 0', /too deep/],
    ['f(s) = if #s > 20 then f(f(s)) else f(s^<1>)\nassert f(<>) == 0', /too deep|calls itself/],
    ['assert card(Set({1..30})) == 3', /at most 14 members/],
    [
      `channel a, b\nQ = a -> STOP\nP = ${Array(20).fill('(Q ||| Q)').join(' [| {a} |] ')}\nassert P :[deadlock free]`,
      /more than 100000 events|more than 100000 ways/,
    ],
  ] as const)('[V104] $0', ([text, said]) => {
    expect(fault(text)).toMatch(said);
  });

  test('[V104] a time that is used up and a check that is given up are unknown', () => {
    const text = 'f(n, s) = if n == 0 then 0 else f(n-1, s^<0>) + f(n-1, s^<1>)\nassert f(60, <>) == 0';
    let ms = 0;
    const late = checkScript(text, { ...budget, now: () => ms++ * 1_000 });
    expect(late).toMatchObject({
      ok: true,
      answers: [{ verdict: 'unknown', why: 'the time was used up before all was worked out' }],
    });
    const cancelled = checkScript(text, { ...budget, goOn: () => false });
    expect(cancelled).toMatchObject({ ok: true, answers: [{ verdict: 'unknown', why: 'cancelled' }] });
  });
});
