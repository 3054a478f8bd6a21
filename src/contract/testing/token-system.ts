import fc from 'fast-check';
import { type Automaton, systemOf } from '#contract/automata.ts';
import type { System } from '#contract/network.ts';

/**
 * Small random systems in which something is handed round and never lost: rings of stations with some tokens, permits that users take and give back in
 * some order, senders with credit; and now and then a move that breaks it. About half can deadlock.
 */
export const tokenSystem: fc.Arbitrary<System> = fc
  .record({
    rings: fc.array(fc.record({ stations: fc.integer({ min: 2, max: 4 }), tokens: fc.nat(15), works: fc.nat(15) }), {
      maxLength: 2,
    }),
    counts: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 }),
    users: fc.array(fc.record({ wants: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }), ends: fc.nat(3) }), { maxLength: 3 }),
    credit: fc.option(fc.record({ credit: fc.nat(3), room: fc.integer({ min: 1, max: 2 }), lost: fc.nat(4) })),
    tied: fc.option(fc.nat(5)),
    broken: fc.option(fc.record({ part: fc.nat(9), move: fc.nat(9), to: fc.nat(5) }), { freq: 3 }),
  })
  .map(({ rings, counts, users, credit, tied, broken }) => {
    const automata = [
      ...rings.flatMap(({ stations, tokens, works }, number) => ring(`r${number}s`, stations, tokens, works)),
      ...(users.length === 0 ? [] : counts.map((count, at) => homeOf(`${at}`, count, users.length))),
      ...users.map(({ wants, ends }, at) =>
        userOf(
          at,
          wants.map((want) => `${want % counts.length}`),
          ends === 0,
        ),
      ),
      ...(credit === null ? [] : creditOf(credit)),
    ];
    if (automata.length === 0) automata.push({ name: 'alone', initial: 0, states: 1, transitions: [] });
    const linked = tied === null || rings.length === 0 || users.length === 0 ? automata : tiedIn(automata, tied);
    return systemOf(broken === null ? linked : brokenIn(linked, broken)).system;
  });

const bitOf = (bits: number, at: number): number => (at < 32 ? (bits >> at) & 1 : 0);

/** Stations that take a token and hand it on: with a bit of `tokens`, one that holds one at the start; with a bit of `works`, one that may work in between. */
export function ring(name: string, stations: number, tokens: number, works = 0): Automaton[] {
  return Array.from({ length: stations }, (_, at): Automaton => {
    const [takes, gives] = [`${name}.${at}`, `${name}.${(at + 1) % stations}`];
    const mayWork = bitOf(works, at) === 1;
    const work: Automaton['transitions'] = [
      [1, `${name}.work${at}`, 2],
      [2, gives, 0],
    ];
    return {
      name: `${name}${at}`,
      initial: bitOf(tokens, at),
      states: mayWork ? 3 : 2,
      transitions: [[0, takes, 1], ...(mayWork ? work : []), [1, gives, 0]],
    };
  });
}

/** A home of so many permits, and users who take one and bring it back. */
export function permits(count: number, users: number, name = ''): Automaton[] {
  return [homeOf(name, count, users), ...Array.from({ length: users }, (_, at) => userOf(at, [name], false))];
}

function homeOf(name: string, count: number, users: number): Automaton {
  const transitions: [number, string, number][] = [];
  for (let user = 0; user < users; user++)
    for (let left = 1; left <= count; left++)
      transitions.push([left, `take${user}.${name}`, left - 1], [left - 1, `give${user}.${name}`, left]);
  return { name: `home${name}`, initial: count, states: count + 1, transitions };
}

// Takes one after the other and gives all back in the same order.
function userOf(at: number, wants: readonly string[], ends: boolean): Automaton {
  const events = ['take', 'give'].flatMap((does) => wants.map((want) => `${does}${at}.${want}`));
  return {
    name: `user${at}`,
    initial: 0,
    states: events.length + (ends ? 1 : 0),
    transitions: events.map((event, state) => [state, event, ends ? state + 1 : (state + 1) % events.length] as const),
    final: ends ? [events.length] : [],
  };
}

function creditOf({
  credit,
  room,
  lost,
}: {
  readonly credit: number;
  readonly room: number;
  readonly lost: number;
}): Automaton[] {
  const counter = (name: string, most: number, start: number, up: string, down: string): Automaton => ({
    name,
    initial: start,
    states: most + 1,
    transitions: Array.from(
      { length: most },
      (_, left) =>
        [
          [left, up, left + 1],
          [left + 1, down, left],
        ] as const,
    ).flat(),
  });
  const reader: Automaton = {
    name: 'reader',
    initial: 0,
    states: 2,
    transitions: [[0, 'get', 1], [1, 'grant', 0], ...(lost === 0 ? ([[1, 'forget', 0]] as const) : [])],
  };
  return [
    counter('sender', Math.max(1, credit), credit, 'back', 'put'),
    counter('buffer', room, 0, 'put', 'get'),
    reader,
    counter('credits', room, 0, 'grant', 'back'),
  ];
}

// A station of the ring makes its handing on together with the first thing that a user takes.
function tiedIn(automata: readonly Automaton[], user: number): Automaton[] {
  const users = automata.filter(({ name }) => name.startsWith('user'));
  const event = users[user % users.length]?.transitions[0]?.[1] ?? '';
  const [ring = ''] = automata.flatMap(({ name, transitions }) =>
    name.startsWith('r0s0') ? [transitions.at(-1)?.[1] ?? ''] : [],
  );
  const rename = (one: string): string => (one === ring ? event : one);
  return automata.map((one) => ({
    ...one,
    transitions: one.transitions.map(([from, made, to]) => [from, rename(made), to] as const),
  }));
}

// One move leads elsewhere, or there is one more by the same event.
function brokenIn(automata: readonly Automaton[], { part, move, to }: { part: number; move: number; to: number }): Automaton[] {
  return automata.map((one, number) => {
    if (number !== part % automata.length || one.transitions.length === 0) return one;
    const at = move % one.transitions.length;
    const transitions = one.transitions.map(
      ([from, event, target], place) => [from, event, place === at ? to % one.states : target] as const,
    );
    return { ...one, transitions: move < 5 ? transitions : [...one.transitions, ...transitions.slice(at, at + 1)] };
  });
}
