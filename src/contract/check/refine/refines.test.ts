import { describe, expect, test } from 'vitest';
import { systemOf } from '#contract/automata.ts';
import { compile } from '#contract/compile.ts';
import type { Lts } from '#contract/lts.ts';
import { deterministic } from './deterministic.ts';
import { divergenceFree } from './divergence-free.ts';
import { labelledOf } from './explicit.ts';
import { type Labelled, type Model, models } from './refinement.ts';
import { refines } from './refines.ts';

function process(text: string): Lts {
  const compiled = compile(text);
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.lts;
}

const holds = (spec: string, impl: string, model: Model = 'FD') => refines(process(spec), labelledOf(process(impl)), { model });
const verdicts = (spec: string, impl: string): string[] => models.map((model) => holds(spec, impl, model).verdict);
const never = ['refuted', 'refuted', 'refuted'];
const always = ['proved', 'proved', 'proved'];

describe('[V50] laws of CSP', () => {
  const some = [
    'P = a -> P',
    'P = a -> P |~| b -> P',
    'P = a -> P [] b -> STOP',
    'P = a -> b -> SKIP |~| SKIP',
    'P = (a -> SKIP ||| b -> SKIP) ; P',
  ];

  test.each(some)('%s refines itself; STOP refines its traces; it refines its choice with another', (text) => {
    expect(verdicts(text, text)).toEqual(always);
    expect(holds(text, 'S = STOP', 'T').verdict).toBe('proved');
    const body = text.replaceAll(/\bP\b/g, 'Q');
    expect(verdicts(`R = Q |~| c -> STOP\n${body}`, text)).toEqual(always);
    expect(holds(text, `R = Q |~| c -> STOP\n${body}`).verdict).toBe('refuted');
  });

  test('external choice refines internal choice and not the other way round, except in traces', () => {
    const [outer, inner] = ['P = a -> P [] b -> P', 'P = a -> P |~| b -> P'];
    expect(verdicts(inner, outer)).toEqual(always);
    expect(verdicts(outer, inner)).toEqual(['proved', 'refuted', 'refuted']);
  });

  test('who may end and who may go on are told apart: the end cannot be refused, and nothing else can be demanded then', () => {
    expect(verdicts('P = SKIP', 'P = STOP')).toEqual(['proved', 'refuted', 'refuted']);
    expect(verdicts('P = STOP', 'P = SKIP')).toEqual(never);
    expect(verdicts('P = a -> SKIP |~| SKIP', 'P = a -> SKIP [] SKIP')).toEqual(always);
    expect(verdicts('P = a -> SKIP [] SKIP', 'P = SKIP')).toEqual(always);
    expect(verdicts('P = a -> SKIP [] SKIP', 'P = a -> SKIP')).toEqual(['proved', 'refuted', 'refuted']);
  });
});

describe('[V50] published examples', () => {
  // Hoare 1985: VM1 serves chocolate for each coin; VM2 may keep the second coin back. Roscoe 1997: COPY and the buffers.
  const vm = 'VM = coin -> choc -> VM';
  test('a vending machine that chooses by itself does not do what one that lets the customer choose does', () => {
    const fair = 'VM = coin -> (choc -> VM [] toffee -> VM)';
    const moody = 'VM = coin -> (choc -> VM |~| toffee -> VM)';
    expect(verdicts(fair, moody)).toEqual(['proved', 'refuted', 'refuted']);
    expect(holds(fair, moody)).toMatchObject({
      what: 'refusal',
      trace: ['coin'],
      offers: ['choc'],
      demands: [['choc', 'toffee']],
    });
    expect(verdicts(fair, vm)).toEqual(['proved', 'refuted', 'refuted']);
    expect(holds(vm, fair)).toMatchObject({ what: 'trace', trace: ['coin', 'toffee'] });
  });

  test('COPY is a buffer; two in a row are one of two places and not of one', () => {
    const copy = 'C = in -> out -> C';
    const buffer = (places: number): string =>
      `B = F(0)\nF(n) = if n == 0 then in -> F(1) else if n == ${places} then out -> F(n-1) else in -> F(n+1) [] out -> F(n-1)`;
    const weak =
      'B = F(0)\nF(n) = if n == 0 then in -> F(1) else if n == 3 then out -> F(2) else (in -> F(n+1) |~| STOP) [] out -> F(n-1)';
    const cell = (name: string, from: string, to: string) => ({
      name,
      initial: 0,
      states: 2,
      transitions: [[0, from, 1] as const, [1, to, 0] as const],
    });
    const { system, labels } = systemOf([cell('left', 'in', 'mid'), cell('right', 'mid', 'out')]);
    const two: Labelled = { system, labels, hidden: new Set([labels.indexOf('mid')]) };
    expect(verdicts(weak, copy)).toEqual(always);
    expect(refines(process(weak), two, { model: 'FD' }).verdict).toBe('proved');
    expect(refines(process(buffer(2)), two, { model: 'FD' }).verdict).toBe('proved');
    expect(refines(process(buffer(1)), two, { model: 'T' })).toMatchObject({ what: 'trace', trace: ['in', 'in'] });
    expect(deterministic(two, { model: 'FD' }).verdict).toBe('proved');
  });

  /** The alternating bit protocol (Bartlett, Scantlebury, Wilkinson 1969); each channel may lose, for ever or only once in a row. */
  function alternatingBit(losses: 'any' | 'one'): Labelled {
    const channel = (name: string, put: string, get: string) => ({
      name,
      initial: 0,
      // Empty, holds 0, holds 1; after a loss nothing is lost, where only one may be.
      states: 6,
      transitions: [0, 3].flatMap((base): [number, string, number][] =>
        [0, 1].flatMap((bit): [number, string, number][] => [
          [base, `${put}${bit}`, base + 1 + bit],
          [base + 1 + bit, `${get}${bit}`, 0],
          ...(losses === 'any' || base === 0
            ? [[base + 1 + bit, `lose.${name}`, losses === 'any' ? base : 3] as [number, string, number]]
            : []),
        ]),
      ),
    });
    const half = (bit: number): [number, string, number][] => {
      const [base, other] = [bit * 2, 2 - bit * 2];
      return [
        [base, 'in', base + 1],
        [base + 1, `send${bit}`, base + 1],
        [base + 1, `ack${bit}`, other],
        [base + 1, `ack${1 - bit}`, base + 1],
        [base, `ack${1 - bit}`, base],
      ];
    };
    const receives = (bit: number): [number, string, number][] => {
      const [base, other] = [bit * 3, 3 - bit * 3];
      return [
        [base, `get${bit}`, base + 1],
        [base + 1, 'out', base + 2],
        [base + 2, `back${bit}`, other],
        [base, `get${1 - bit}`, 6 + bit],
        [6 + bit, `back${1 - bit}`, base],
      ];
    };
    const { system, labels } = systemOf([
      { name: 'sender', initial: 0, states: 4, transitions: [...half(0), ...half(1)] },
      { name: 'receiver', initial: 0, states: 8, transitions: [...receives(0), ...receives(1)] },
      channel('there', 'send', 'get'),
      channel('home', 'back', 'ack'),
    ]);
    return {
      system,
      labels,
      hidden: new Set(labels.keys().filter((event) => labels[event] !== 'in' && labels[event] !== 'out')),
    };
  }

  test('the alternating bit protocol is a buffer of one place: in failures always, without livelock as far as losses are bounded', () => {
    const copy = process('C = in -> out -> C');
    expect(refines(copy, alternatingBit('any'), { model: 'F' }).verdict).toBe('proved');
    expect(refines(copy, alternatingBit('any'), { model: 'FD' })).toMatchObject({ what: 'divergence', trace: ['in'] });
    expect(refines(copy, alternatingBit('one'), { model: 'FD' }).verdict).toBe('proved');
    expect(divergenceFree(alternatingBit('one')).verdict).toBe('proved');
    expect(divergenceFree(alternatingBit('any')).verdict).toBe('refuted');
  });
});

test('[V50] what a specification that goes on for ever by itself allows: everything in FD, in F what its traces and stable states say', () => {
  const chaos: Lts = { labels: ['a'], moves: [[{ label: -1, to: 0 }]], final: [false] };
  const impl = labelledOf(process('P = a -> b -> P'));
  expect(refines(chaos, impl, { model: 'FD' })).toMatchObject({ verdict: 'proved', states: 1 });
  expect(refines(chaos, impl, { model: 'F' })).toMatchObject({ verdict: 'refuted', what: 'trace' });
  expect(refines(process('P = STOP'), labelledOf(chaos), { model: 'F' }).verdict).toBe('proved');
  expect(refines(process('P = STOP'), labelledOf(chaos), { model: 'FD' })).toMatchObject({ what: 'divergence', trace: [] });
});

test('[V51] a part in a state that says less than the truth proves nothing; what it does, it does', () => {
  const whole = labelledOf(process('P = a -> b -> STOP'));
  const cut: Labelled = {
    ...whole,
    system: { ...whole.system, shapes: whole.system.shapes.map((shape) => ({ ...shape, cutAt: 2 })) },
  };
  expect(refines(process('P = a -> b -> a -> STOP'), cut, { model: 'FD' })).toMatchObject({ verdict: 'unknown' });
  expect(refines(process('P = a -> STOP'), cut, { model: 'FD' })).toMatchObject({ verdict: 'refuted', what: 'trace' });
  expect(deterministic(cut, { model: 'F' }).verdict).toBe('unknown');
});

test('[V2] [V51] a budget that is used up gives unknown, whoever used it', () => {
  const counter = (places: number): Lts => ({
    labels: ['in', 'out'],
    moves: Array.from({ length: places + 1 }, (_, held) => [
      ...(held < places ? [{ label: 0, to: held + 1 }] : []),
      ...(held > 0 ? [{ label: 1, to: held - 1 }] : []),
    ]),
    final: Array.from({ length: places + 1 }, () => false),
  });
  const impl = labelledOf(counter(3_000));
  const budget = { maxStates: 1_000_000, maxMs: 1_000 };
  expect(refines(counter(3_000), impl, { model: 'FD' }, budget).verdict).toBe('proved');
  expect(refines(counter(3_000), impl, { model: 'FD' }, { ...budget, maxStates: 1_000 })).toMatchObject({ verdict: 'unknown' });
  expect(refines(counter(3_000), impl, { model: 'FD' }, { ...budget, maxBytes: 60_000 })).toMatchObject({ verdict: 'unknown' });
  let now = 0;
  expect(refines(counter(3_000), impl, { model: 'FD' }, { ...budget, now: () => (now += 600) })).toMatchObject({
    verdict: 'unknown',
  });
  expect(refines(counter(3_000), impl, { model: 'FD' }, { ...budget, goOn: () => false })).toMatchObject({ why: 'cancelled' });
});
