import { describe, expect, test } from 'vitest';
import { checkScript } from './check-script.ts';
import { parseScript } from './parse.ts';

/** The tree of a definition without numbers and places. */
function tree(text: string): unknown {
  const plain = JSON.stringify(parseScript(`P = ${text}`).definitions, (key, value) =>
    key === 'id' || key === 'place' ? undefined : value,
  );
  return JSON.parse(plain);
}

describe('[V101] operators bind as in CSPm', () => {
  test.for([
    ['a -> P [] b -> Q |~| c -> R', '((a -> P) [] (b -> Q)) |~| (c -> R)'],
    ['P |~| Q [| A |] R ||| S', '((P |~| Q) [| A |] R) ||| S'],
    ['a -> P ; Q [] R', '((a -> P) ; Q) [] R'],
    ['P ||| Q \\ A', '(P ||| Q) \\ A'],
    ['n > 0 & a -> P [] Q', '((n > 0) & (a -> P)) [] Q'],
    ['P /\\ Q [] R', '(P /\\ Q) [] R'],
    ['P [> Q /\\ R', '(P [> Q) /\\ R'],
    ['P [A || B] Q ||| R', '(P [A || B] Q) ||| R'],
    ['P [| A |> Q ||| R', '(P [| A |> Q) ||| R'],
    ['[] x:S @ a.x -> P [] Q', '[] x:S @ ((a.x -> P) [] Q)'],
    ['if b then P else Q [] R', 'if b then P else (Q [] R)'],
    ['c!x+1?y:S -> P', 'c!(x+1)?y:(S) -> P'],
    ['c.i+1 -> P', 'c.(i+1) -> P'],
    ['not a == b and c or d', '((not (a == b)) and c) or d'],
    ['1 + 2 * 3 - 4', '(1 + (2 * 3)) - 4'],
    ['#s^t == 2', '(#(s^t)) == 2'],
    ['P [[ a <- b ]] \\ A', '(P [[ a <- b ]]) \\ A'],
    ['<x>^s', '(<x>)^s'],
    ['<f(a > b), c>', '<f((a > b)), c>'],
  ] as const)('%s is %s', ([text, explicit]) => {
    expect(tree(text)).toEqual(tree(explicit));
  });
});

const declarations = `
datatype Colour = red | green | Mix.{0..1}
nametype Small = {0..2}
channel c : Colour.Bool
channel d
channel e : Small.Small
f(0) = 1
f(n) = n * f(n - 1)
len(<>) = 0
len(<_>^s) = 1 + len(s)
isMix(Mix.n) = true
isMix(_) = false
swap((x, y)) = (y, x)
P = c?Mix.n?b -> (if b and n == 0 then d -> P else STOP) [] c.red?x -> Q
Q = e?x:{1, 2}?y -> let R = d -> R [] e!x!y -> P within R
V = ; i:<0, 1, 2> @ e!i!0 -> SKIP
`;

test.for([
  'f(5) == 120',
  'len(<1, 2, 3>^<4>) == 4',
  'isMix(Mix.1) and not isMix(red)',
  'swap((1, 2)) == (2, 1)',
  'Colour == {red, green, Mix.0, Mix.1}',
  '{c.x.y | x <- Colour, y <- Bool} == {| c |}',
  'card({| c.red, c.Mix.0.true |}) == 3',
  'card(Events) == 8 + 1 + 9',
  '{x * x | x <- { -2..2}, x != 0} == {1, 4}',
  'union({1}, {2}) == {2, 1} and inter({1, 2}, {2, 3}) == {2} and diff({1, 2}, {2}) == {1}',
  'Union({{1}, {2, 3}}) == {1..3} and card(Set({1..4})) == 16 and empty({}) and member(2, {1..3})',
  'head(<3, 4>) == 3 and tail(<3, 4>) == <4> and null(<>) and elem(2, <1, 2>) and concat(<<1>, <2, 3>>) == <1..3>',
  'set(<2, 1, 2>) == {1, 2} and seq({2, 1}) == <1, 2> and length(<1>) == #<1>',
  '<x + 1 | x <- <1, 2, 3>, (x > 1)> == <3, 4>',
  '(-7) / 2 == -4 and -7 / 2 == -3 and (-7) % 3 == 2 and 7 % (-3) == -2',
  '(\\ x, y @ x + y)(2, 3) == 5',
  'let g(x) = if x > 2 then x else g(x + 1) within g(0) == 3',
  '(Mix.(0)) == (Mix.0) and (1, (2, 3)) != (1, 2, 3)',
])('[V100] %s', (condition) => {
  const result = checkScript(`${declarations}\nassert ${condition}`);
  expect(result).toMatchObject({ ok: true, verdict: 'proved' });
});

test.for([
  ['P :[deadlock free]', 'refuted'],
  ['c.Mix.0.true -> d -> STOP [] c.red.false -> STOP [] e.1.1 -> STOP [T= c.Mix.0.true -> d -> STOP', 'proved'],
  ['e.0.0 -> e.1.0 -> e.2.0 -> SKIP [FD= V', 'proved'],
  ['Q :[deadlock free [F]]', 'refuted'],
  ['(|~| x:Small @ e!x!x -> STOP) [FD= e.1.1 -> STOP', 'proved'],
  ['STOP [T= SKIP', 'refuted'],
  ['RUN({d}) [FD= CHAOS({d})', 'refuted'],
  ['CHAOS({d}) [FD= RUN({d})', 'proved'],
  ['DIV :[deadlock free [F]]', 'proved'],
  ['DIV :[deadlock free]', 'refuted'],
  ['DIV :[deadlock free [FD]]', 'refuted'],
  ['not DIV :[divergence free]', 'proved'],
  ['d -> STOP |~| STOP :[deterministic [F]]', 'refuted'],
] as const)('[V102] [V105] [V106] assert %s: %s', ([claim, verdict]) => {
  expect(checkScript(`${declarations}\nassert ${claim}`)).toMatchObject({ ok: true, verdict });
});

test('[V100] functions that change nothing are named as transparent', () => {
  expect(checkScript('transparent normal, sbisim\nchannel a\nassert normal(sbisim(a -> STOP)) [FD= a -> STOP')).toMatchObject({
    verdict: 'proved',
  });
});
