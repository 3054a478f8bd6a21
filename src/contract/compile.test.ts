import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile, explore } from './compile.ts';
import { type Lts, onlyDecides, tau } from './lts.ts';
import { parse } from './parse.ts';
import { faultText } from './term.ts';
import { randomDesign } from './testing/random.ts';

function raw(text: string): Lts {
  const parsed = parse(text);
  const explored = parsed.ok ? explore(parsed.contract) : parsed;
  if (!explored.ok) throw new Error(faultText(explored.fault));
  return explored.lts;
}

function small(text: string): Lts {
  const compiled = compile(text);
  if (!compiled.ok) throw new Error(faultText(compiled.fault));
  return compiled.lts;
}

function fault(text: string): string {
  const compiled = compile(text);
  return compiled.ok ? 'no fault' : faultText(compiled.fault);
}

/** Every trace up to a length, with the sets of events offered where the process is at rest after it; ✓ where it has ended. */
function failures({ labels, moves, final }: Lts, length: number): string[] {
  const lines: string[] = [];
  const closure = (states: Iterable<number>): number[] => {
    const all = new Set(states);
    for (const state of all) for (const { label, to } of moves[state] ?? []) if (label === tau) all.add(to);
    return [...all];
  };
  const visit = (trace: string, states: readonly number[], left: number): void => {
    const rest = states.filter((state) => (moves[state] ?? []).every(({ label }) => label !== tau));
    const offers = rest.map((state) =>
      final[state] ? '✓' : [...new Set((moves[state] ?? []).map(({ label }) => labels[label]))].sort().join(),
    );
    lines.push(`${trace} : ${[...new Set(offers)].sort().join(' | ')}`);
    if (left === 0) return;
    const next = new Map<number, Set<number>>();
    for (const state of states)
      for (const { label, to } of moves[state] ?? []) if (label !== tau) next.set(label, (next.get(label) ?? new Set()).add(to));
    for (const [label, to] of next) visit(`${trace} ${labels[label]}`, closure(to), left - 1);
  };
  visit('', closure([0]), length);
  return lines.sort();
}

const same = (a: string, b: string): void => expect(failures(raw(a), 5)).toEqual(failures(raw(b), 5));

test('[K2] [K3] the laws of CSP hold', () => {
  same('P = a -> SKIP ; b -> SKIP', 'P = a -> b -> SKIP');
  same('P = a -> SKIP ||| b -> SKIP', 'P = a -> b -> SKIP [] b -> a -> SKIP');
  same('P = a -> (b -> P |~| c -> P)', 'P = a -> b -> P |~| a -> c -> P');
  same('P = a -> SKIP [| a |] a -> b -> SKIP', 'P = a -> b -> SKIP');
  same('P = a -> b -> SKIP [| a, b |] b -> a -> SKIP', 'P = STOP');
  same('P = (a -> SKIP [] STOP) ||| SKIP', 'P = a -> SKIP');
  same('P = [] i:{0..2} @ a.i -> P', 'P = a.0 -> P [] a.1 -> P [] a.2 -> P');
  same('P = [] i:{1..0} @ a.i -> P', 'P = STOP');
  same('P = ; i:{0..1} @ a.(i * 2) -> SKIP', 'P = a.0 -> a.2 -> SKIP');
  same('P = ||| i:{1..0} @ a.i -> SKIP', 'P = SKIP');
  same('P = (a -> SKIP |~| SKIP) ; b -> P', 'P = a -> b -> P |~| b -> P');
});

test('[K2] P [] Q keeps the choice open while one side decides', () => {
  same('P = a -> SKIP [] (b -> SKIP |~| c -> SKIP)', 'P = (a -> SKIP [] b -> SKIP) |~| (a -> SKIP [] c -> SKIP)');
});

test('[K2] both sides of a parallel end before the whole does', () => {
  same('P = (a -> SKIP ||| SKIP) ; b -> SKIP', 'P = a -> b -> SKIP');
  same('P = (a -> SKIP [| b |] SKIP) ; b -> SKIP', 'P = a -> b -> SKIP');
});

test('[K2] parameters are integers: division rounds down, the remainder is never negative for a positive divisor', () => {
  same('P = Q(0 - 3) Q(i) = a.(i % 2) -> b.(0 - i / 2) -> STOP', 'P = a.1 -> b.2 -> STOP');
  same('P = Q(0) Q(i) = if i < 2 and not i == 5 then a -> Q(i + 1) else b -> STOP', 'P = a -> a -> b -> STOP');
});

test('[K2] a buffer of five by parameters has six states', () => {
  expect(
    small('P = B(0) B(i) = if i == 0 then in -> B(1) else if i == 5 then out -> B(4) else (in -> B(i+1) [] out -> B(i-1))').moves
      .length,
  ).toBe(6);
});

test.each([
  ['P = P', 'P calls itself before it has communicated: put an event before the call'],
  ['P = a -> P [] Q Q = P', 'P calls itself before it has communicated: put an event before the call'],
  ['P = (a -> SKIP) ||| P', 'P calls itself before it has communicated: put an event before the call'],
  ['P = SKIP ; P', 'P calls itself before it has communicated: put an event before the call'],
  ['P = Q(0) Q(i) = Q(i+1)', 'Q calls itself before it has communicated: put an event before the call'],
  ['P = Q(0) Q(i) = a -> Q(i+1)', 'it grows beyond 4,096 states: is a parameter unbounded?'],
  ['P = a -> (P ||| P)', 'it grows beyond 4,096 states: is a parameter unbounded?'],
  ['P = ||| i:{0..40} @ a.i -> SKIP', 'it grows beyond 4,096 states: is a parameter unbounded?'],
  ['P = a -> P |~| P', 'from the start it can go on deciding for ever without communicating'],
  ['P = a -> b -> Q Q = (SKIP |~| SKIP [] c -> SKIP) ; Q', 'after a, b it can go on deciding for ever without communicating'],
  ['P = a.(0 - 1) -> P', 'the index of a.-1 is not between 0 and 999'],
  ['P = a.(1 / 0) -> P', 'a division by zero'],
  ['P = a.(1 % (1 - 1)) -> P', 'a division by zero'],
  ['P = Q(9) Q(i) = a -> Q(i * i * i)', 'a number grows beyond 2^53: is a parameter unbounded?'],
  ['P = [] i:{0..100000} @ a -> P', 'the range {0..100000} has more than 1000 values'],
  ['P = |~| i:{1..0} @ a -> P', '|~| over an empty range has nothing to decide for'],
  ['P(i) = a -> P(i)', 'P is where the process starts, so it has no parameters'],
  [
    'P = [] i:{0..999} @ [] j:{0..999} @ [] k:{0..999} @ a -> P',
    'it is too large to work out: is a range or a parameter unbounded?',
  ],
])('[K2] %j is refused with a sentence', (text, message) => {
  expect(fault(text)).toBe(message);
});

test('[K4] making a system smaller keeps its traces and what it may refuse after each', () => {
  fc.assert(
    fc.property(randomDesign, ({ kinds }) => {
      for (const { contractOf } of kinds) {
        const text = contractOf({}, {});
        expect(failures(small(text), 4)).toEqual(failures(raw(text), 4));
        expect(small(text).moves.length).toBeLessThanOrEqual(raw(text).moves.length);
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('[K4] no state is left that only decides, but the start', () => {
  const lts = small('P = in -> (out -> P |~| err -> P |~| P) [] in.end -> (SKIP |~| out -> SKIP)');
  expect(lts.moves.slice(1).some(onlyDecides)).toBe(false);
  expect(lts.moves.length).toBe(5);
});

test('[K2] a system is the same plain data whenever it is asked for', () => {
  const text = 'P = a -> (b -> P |~| SKIP)';
  expect(compile(text)).toBe(compile(text));
  expect(structuredClone(compile(text))).toEqual(compile(text));
});
