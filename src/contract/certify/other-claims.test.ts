import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { recheckLeftOver, recheckMostHeld, recheckNothingLeft } from './held.ts';
import { recheckDeaf } from './stops.ts';
import { recheckUse } from './used.ts';

type Rows = Automaton['transitions'];

const automaton = (name: string, states: number, transitions: Rows, final: readonly number[]): Automaton => ({
  name,
  initial: 0,
  states,
  transitions,
  final,
});

const sends: Rows = [
  [0, 'put', 1],
  [1, 'put', 2],
];
const holds: Rows = [
  [0, 'put', 1],
  [1, 'put', 2],
  [1, 'take', 0],
  [2, 'take', 1],
];

/** One sends two messages and ends; they are held until they are taken, of which there are so many. */
function line(takes: number): {
  readonly system: ReturnType<typeof systemOf>['system'];
  readonly put: number;
  readonly take: number;
} {
  const taken = Array.from({ length: takes }, (_, at) => [at, 'take', at + 1] as const);
  const { system, labels } = systemOf([
    automaton('sender', 3, sends, [2]),
    automaton('taker', takes + 1, taken, [takes]),
    automaton('held', 3, holds, []),
  ]);
  return { system: { ...system, processes: 2 }, put: labels.indexOf('put'), take: labels.indexOf('take') };
}

const counted = { by: 'exhaustive', words: [], data: {} };
const holders = [{ part: 2, messages: [0, 1, 2], leaves: -1 }];

test('[V136] that nothing is left when all have ended is looked at in all states; that something is, by a trace', () => {
  const [all, some] = [line(2), line(1)];
  expect(recheckNothingLeft(all.system, holders, counted)).toEqual({ is: 'holds' });
  expect(recheckNothingLeft(some.system, holders, counted).is).toBe('fails');
  expect(recheckNothingLeft(all.system, holders, counted, 3).is).toBe('open');
  const large = { ...counted, data: { states: 1e9, transitions: 1e9 } };
  expect(recheckNothingLeft(all.system, holders, large).is).toBe('open');
  const { put, take } = some;
  expect(recheckLeftOver(some.system, [put, put, take], holders)).toEqual({ is: 'holds' });
  expect(recheckLeftOver(some.system, [put, put], holders).is).toBe('fails');
  expect(recheckLeftOver(some.system, [take], holders).is).toBe('fails');
  expect(recheckLeftOver(all.system, [all.put, all.take, all.put, all.take], holders).is).toBe('fails');
});

/** One sends a message or two, looks for the news and ends; the taker ends at once and then lets go of what is held. */
function lettingGo(capacity: number) {
  const sender: Rows = [[0, 'put', 1], ...(capacity > 1 ? [[1, 'put', 2] as const] : [[1, 'own', 2] as const]), [2, 'gone', 3]];
  const held: Rows = [
    [0, 'put', 1],
    [1, 'put', 2],
    [0, 'leaves', 3],
    [1, 'leaves', 3],
    [2, 'leaves', 3],
    [3, 'gone', 3],
  ];
  const { system, labels } = systemOf([
    automaton('sender', 4, sender, [3]),
    automaton('taker', 1, [[0, 'leaves', 0]], [0]),
    automaton('held', 4, held, []),
  ]);
  const number = (label: string): number => labels.indexOf(label);
  const holding = [{ part: 2, messages: [0, 1, 2, 0], leaves: number('leaves') }];
  return { system: { ...system, processes: 2 }, holding, way: (...events: string[]) => events.map(number) };
}

test('[V136, V150] what was held when a reader let go of it is left over, though nothing is held any more when all have ended', () => {
  for (const capacity of [1, 2]) {
    const { system, holding, way } = lettingGo(capacity);
    const second = capacity > 1 ? 'put' : 'own';
    expect(recheckNothingLeft(system, holding, counted).is).toBe('fails');
    expect(recheckNothingLeft(system, [{ ...holding[0]!, leaves: -1 }], counted).is).toBe('holds');
    expect(recheckLeftOver(system, way('put', second, 'leaves', 'gone'), holding).is).toBe('holds');
    expect(recheckLeftOver(system, way('put', second, 'leaves'), holding).is).toBe('fails');
    expect(recheckLeftOver(system, way('leaves', 'gone'), holding).is).toBe('fails');
  }
});

test('[V136] the most messages there are at once are exactly as many as said, or no more than a bound', () => {
  const { system } = line(2);
  const most = (number: number, by: 'states' | 'bound', part = 2): string =>
    recheckMostHeld(system, [{ part, messages: [0, 1, 2], leaves: -1 }], { most: number, by, states: 0, transitions: 0 }).is;
  expect([most(2, 'states'), most(1, 'states'), most(3, 'states')]).toEqual(['holds', 'fails', 'fails']);
  expect([most(2, 'bound'), most(1, 'bound'), most(3, 'bound')]).toEqual(['holds', 'fails', 'holds']);
});

test('[V136] what happens is shown by walks or by all states; what never does by all states alone', () => {
  const { system, put, take } = line(1);
  const use = (used: readonly (readonly number[])[], unused: readonly number[], by: string, data: unknown): string =>
    recheckUse(system, { used, unused }, { by, words: [], data }).is;
  expect(use([[put], [take]], [], 'walks', { walks: [[put], [put, take]] })).toBe('holds');
  expect(use([[put], [take]], [], 'walks', { walks: [[put]] })).toBe('fails');
  expect(use([[put, take]], [], 'walks', { walks: [[put]] })).toBe('holds');
  expect(use([[take]], [], 'walks', { walks: [[take]] })).toBe('fails');
  expect(use([], [take], 'walks', { walks: [] })).toBe('fails');
  expect(use([[put]], [], 'walks', {})).toBe('open');
  expect(use([[put], [take]], [], 'exhaustive', {})).toBe('holds');
  const blocked = {
    ...system,
    events: system.events.map((event, number) => (number === take ? { parts: [...event.parts, -1] } : event)),
  };
  const never = (unused: readonly number[]): string =>
    recheckUse(blocked, { used: [], unused }, { by: 'exhaustive', words: [], data: {} }).is;
  expect([never([take]), never([put]), never([put, take])]).toEqual(['holds', 'fails', 'fails']);
  expect(use([], [take], 'exhaustive', {})).toBe('fails');
});

test('[V136] who can go on deciding for ever is exactly who is said to', () => {
  const { system, labels } = systemOf([
    automaton(
      'deaf',
      3,
      [
        [0, 'x', 1],
        [1, 'y', 2],
        [2, 'z', 1],
      ],
      [],
    ),
    automaton(
      'hears',
      2,
      [
        [0, 'u', 1],
        [1, 'v', 0],
      ],
      [],
    ),
  ]);
  const own = Uint8Array.from(labels, (label) => (label === 'v' ? 0 : 1));
  const deaf = (...parts: number[]): string => recheckDeaf(system, own, parts).is;
  expect([deaf(0), deaf(), deaf(1), deaf(0, 1), deaf(0, 7)]).toEqual(['holds', 'fails', 'fails', 'fails', 'fails']);
  expect(recheckDeaf(system, own.fill(1), [0, 1]).is).toBe('holds');
});
