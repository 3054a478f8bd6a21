import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemOf } from '#contract/automata.ts';
import { naiveSearch } from '#contract/testing/naive.ts';
import { automataLimits, readAutomata } from './automata-file.ts';

const one = { name: 'a', initial: 0, states: 2, transitions: [[0, 'x', 1]] };
const faultOf = (file: unknown): readonly [string, string] | undefined => {
  const read = readAutomata(file);
  return read.ok ? undefined : [read.fault.pointer, read.fault.message];
};

test('[V80] [V81] a file gives the automata in it; the start is 0 where nothing else is said', () => {
  const file = {
    $schema: 'x',
    name: 'n',
    description: 'd',
    source: 's',
    components: [one, { name: 'b', states: 1, transitions: [], alphabet: ['x'], final: [0] }],
  };
  expect(readAutomata(file)).toEqual({
    ok: true,
    automata: [
      { name: 'a', initial: 0, states: 2, transitions: [[0, 'x', 1]] },
      { name: 'b', initial: 0, states: 1, transitions: [], alphabet: ['x'], final: [0] },
    ],
  });
});

test.each([
  ['by place', [[1], [0]]],
  ['by place, a single state without a list', [1, 0]],
  ['by name', { b: [0], a: [1] }],
])('[V83] final states %s make their common state the end and no deadlock', (_, final) => {
  const components = [one, { name: 'b', states: 1, transitions: [[0, 'x', 0]] }];
  const [open, ended] = [{ components }, { components, final }].map((file) => {
    const read = readAutomata(file);
    return read.ok ? naiveSearch(systemOf(read.automata).system) : undefined;
  });
  expect([open, ended]).toEqual([
    { states: 2, dead: 1 },
    { states: 2, dead: undefined },
  ]);
});

const control = `a${String.fromCharCode(7)}`;

test.each<[string, unknown, string, RegExp]>([
  ['no object', [], '', /the file is an object, not a list/],
  ['no components', {}, '/components', /this is a list, not missing/],
  ['an empty list', { components: [] }, '/components', /there is no component/],
  ['a misspelt property', { components: [one], finals: [] }, '', /"finals" means nothing/],
  ['one in a component', { components: [{ ...one, alphabets: [] }] }, '/components/0', /"alphabets" means nothing/],
  ['a component that is none', { components: [null] }, '/components/0', /a component is an object, not null/],
  ['no name', { components: [{ ...one, name: undefined }] }, '/components/0/name', /a name is a text, not missing/],
  ['an empty name', { components: [{ ...one, name: '' }] }, '/components/0/name', /1 to 1000 characters, not 0/],
  ['a bell in a name', { components: [{ ...one, name: control }] }, '/components/0/name', /no control characters/],
  [
    'a line end in an event',
    { components: [{ ...one, transitions: [[0, 'a\nb', 0]] }] },
    '/components/0/transitions/0/1',
    /no control/,
  ],
  ['half a character', { components: [{ ...one, name: '\ud800' }] }, '/components/0/name', /no control characters/],
  ['the same name twice', { components: [one, one] }, '/components/1/name', /component 0 is called a too/],
  ['no states', { components: [{ ...one, states: 0 }] }, '/components/0/states', /at least 1, not 0/],
  ['a negative number of states', { components: [{ ...one, states: -3 }] }, '/components/0/states', /at least 1, not -3/],
  ['half a state', { components: [{ ...one, states: 1.5 }] }, '/components/0/states', /whole number/],
  [
    'far too many states',
    { components: [{ ...one, states: 9e15 }] },
    '/components/0/states',
    /at most 4,000,000 states in all components/,
  ],
  ['a start out of range', { components: [{ ...one, initial: 2 }] }, '/components/0/initial', /no state 2: they are 0 to 1/],
  [
    'a target out of range',
    { components: [{ ...one, transitions: [[0, 'x', 2]] }] },
    '/components/0/transitions/0/2',
    /no state 2/,
  ],
  [
    'a negative source',
    { components: [{ ...one, transitions: [[-1, 'x', 0]] }] },
    '/components/0/transitions/0/0',
    /at least 0, not -1/,
  ],
  [
    'an event that is a number',
    { components: [{ ...one, transitions: [[0, 7, 0]] }] },
    '/components/0/transitions/0/1',
    /a text, not 7/,
  ],
  [
    'a transition of two',
    { components: [{ ...one, transitions: [[0, 'x']] }] },
    '/components/0/transitions/0',
    /\[from, "event", to\]/,
  ],
  ['transitions by name', { components: [{ ...one, transitions: {} }] }, '/components/0/transitions', /a list, not an object/],
  ['an alphabet of numbers', { components: [{ ...one, alphabet: [1] }] }, '/components/0/alphabet/0', /a text, not 1/],
  ['a final state out of range', { components: [{ ...one, final: [2] }] }, '/components/0/final/0', /no state 2/],
  ['final for too few', { components: [one], final: [] }, '/final', /one entry a component: 1, not 0/],
  ['final for a stranger', { components: [one], final: { 'b/c': [0] } }, '/final/b~1c', /no component of this name/],
  ['final that is a text', { components: [one], final: 'all' }, '/final', /final is an object, not "all"/],
  ['final twice', { components: [{ ...one, final: [0] }], final: [[0]] }, '/final/0', /at \/components\/0\/final already/],
])('[V81] %s is refused with the place', (_, file, pointer, message) => {
  expect(faultOf(file)).toEqual([pointer, expect.stringMatching(message)]);
});

test('[V82] what is too much is refused', () => {
  const many = Array.from({ length: automataLimits.components + 1 }, () => one);
  expect(faultOf({ components: many })?.[1]).toMatch(/at most 100,000 components/);
  const transitions = Array.from({ length: automataLimits.transitions / 2 + 1 }, () => [0, 'x', 1]);
  const two = [one, { ...one, name: 'b' }].map((each) => ({ ...each, transitions }));
  expect(faultOf({ components: two })).toEqual([
    '/components/1/transitions',
    expect.stringMatching(/at most 2,000,000 transitions/),
  ]);
  expect(faultOf({ components: [two[0]] })).toBeUndefined();
});

test('[V81] any JSON value is read or refused, and a name that means something to JavaScript is a name', () => {
  const json = fc.oneof(fc.jsonValue(), fc.record({ components: fc.array(fc.jsonValue()), final: fc.jsonValue() }));
  fc.assert(fc.property(json, (file) => typeof readAutomata(file).ok === 'boolean'));
  const file = JSON.parse(
    '{"components":[{"name":"__proto__","states":1,"transitions":[[0,"constructor",0]]}],"final":{"__proto__":[0]}}',
  );
  const read = readAutomata(file);
  expect(read.ok && read.automata[0]?.final).toEqual([0]);
});
