import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Named, systemOf } from '#contract/automata.ts';
import { compose, isReady } from '#contract/compose.ts';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { milner } from '#contract/testing/models.ts';
import { naiveSearch } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { wire } from '#contract/wiring.ts';
import { readAutomata } from '#importers/automata-file.ts';
import { automataFileOf } from './automata-file.ts';
import { cspmRawOf } from './cspm-raw.ts';
import { componentDot, contractDot, designDot, systemDot } from './graphviz.ts';
import { labelled } from './labels.ts';
import { promelaOf } from './promela.ts';

const runs = { numRuns: 200, seed: Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31) };

function again(named: Named): Named {
  const read = readAutomata(JSON.parse(automataFileOf(named)));
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  return systemOf(read.automata);
}

/** A system with the names of events in place of their numbers. */
function bare({ system, labels }: Named): unknown {
  const events = system.events.map(({ parts }, event) => [labels[event], [...parts]] as const);
  return {
    parts: system.parts.map(({ name, shape, events: own }) => ({
      name,
      labels: [...own].map((event) => labels[event]),
      shape: system.shapes[shape],
    })),
    events: events.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    processes: system.processes,
  };
}

test('[V85] a system that goes out as a file of automata comes back the same', () => {
  fc.assert(
    fc.property(randomSystem, (named) => {
      expect(bare(again(named))).toEqual(bare(named));
    }),
    runs,
  );
  expect(automataFileOf(again(milner(4)))).toBe(automataFileOf(milner(4)));
});

test('[V85] a design that goes out as a file of automata has the same states, and the same way to a deadlock', () => {
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      const network = compose(wire(body, lookup).filter(isReady), false);
      const { labels } = labelled(network);
      expect(new Set(labels).size).toBe(labels.length);
      expect(naiveSearch(again(labelled(network)).system)).toEqual(naiveSearch(network));
    }),
    { ...runs, numRuns: 60 },
  );
});

test('[V85] a node and a connection of one name are told apart', () => {
  const source = kind('a.source', 'out:out', 'S = out -> S');
  const sink = kind('a.sink', 'in:in', 'S = in -> S');
  const body = design({ c0: 'a.source', sink: 'a.sink' }, ['c0.out -> sink.in | 1 block']);
  const network = compose(wire(body, lookupOf(source, sink)).filter(isReady), false);
  expect(network.parts.map(({ name }) => name)).toEqual(['c0', 'sink', 'c0']);
  expect(naiveSearch(again(labelled(network)).system)).toEqual({ states: 2, dead: undefined });
});

/** Reads state equations as the program they are: enough of CSPm to be sure that what was written is what is meant. */
function equationsOf(script: string): Named {
  const [, count = '0'] = /^SYSTEM = \|\| i:\{0\.\.(\d+)\}/m.exec(script) ?? [];
  const ways = new Map<string, readonly (readonly [string, string])[]>();
  for (const [, name = '', body = ''] of script.matchAll(/^(P_\w+) = (.*)$/gm))
    ways.set(
      name,
      body === 'STOP' ? [] : body.split(' [] ').map((way) => way.split(' -> ') as unknown as readonly [string, string]),
    );
  const automata = Array.from({ length: Number(count) + 1 }, (_, part) => {
    const start = new RegExp(`^P\\(${part}\\) = (.*)$`, 'm').exec(script)?.[1] ?? '';
    const alphabet = new RegExp(`^A\\(${part}\\) = \\{(.*)\\}$`, 'm').exec(script)?.[1]?.split(', ') ?? [];
    const names = [...ways.keys()].filter(
      (name) => name.startsWith(start.replace(/0$/, '')) && /^\d+$/.test(name.slice(start.length - 1)),
    );
    const transitions = names.flatMap((name, from) =>
      (ways.get(name) ?? []).map(([event, to]) => [from, event, names.indexOf(to)] as const),
    );
    return { name: `${part}`, initial: 0, states: names.length, transitions, alphabet: alphabet.filter((event) => event !== '') };
  });
  return systemOf(automata);
}

test('[V86] state equations say what the system says, with `done` for ever where it has ended', () => {
  fc.assert(
    fc.property(randomSystem, (named) => {
      const naive = naiveSearch(named.system);
      const equations = naiveSearch(equationsOf(cspmRawOf(named, 'a\nassert STOP')).system);
      expect(equations).toEqual(naive);
    }),
    runs,
  );
  const ends = systemOf([{ name: 'a', initial: 0, states: 2, transitions: [[0, 'x', 1]], final: [1] }]);
  expect(naiveSearch(equationsOf(cspmRawOf(ends, 'ends')).system)).toEqual({ states: 2, dead: undefined });
  const script = cspmRawOf(milner(2), 'two\nlines');
  expect(script.startsWith('-- two lines\n')).toBe(true);
  expect(script).toContain('P_cell1_0 = e_turn_1 -> P_cell1_1\n');
  expect(script.trimEnd().endsWith('assert SYSTEM :[deadlock free [F]]')).toBe(true);
});

test('[V87] two-party events are rendezvous; an event of three parts, and a system too wide for SPIN, are atomic steps of one process', () => {
  const pairs = promelaOf(milner(3), 'three');
  expect(pairs.match(/^active proctype/gm)).toHaveLength(3);
  expect(pairs).toMatch(/chan c\d+ = \[0\] of \{ bit \};/);
  const meet = (name: string) => ({ name, initial: 0, states: 1, transitions: [[0, 'meet', 0] as const] });
  const three = promelaOf(systemOf(['a', 'b', 'c'].map(meet)), 'three');
  expect(three).toContain('d_step { s0 == 0 && s1 == 0 && s2 == 0 -> s0 = 0; s1 = 0; s2 = 0; } /* meet */');
  expect(promelaOf(milner(300), 'wide').match(/^active proctype/gm)).toHaveLength(1);
});

test('[V88] GraphViz draws a network, a contract, the components of a file and one of them, with any name in quotes', () => {
  const body = philosophers(2, false);
  const network = designDot({ ...body, name: 'a "b"\n' });
  expect(network).toContain('digraph "a \\"b\\" " {');
  expect(network).toContain('"phil-0" -> "fork-0" [label="c0"];');
  const [node] = wire(body, dining).filter(isReady);
  expect(contractDot('phil', node?.contract.lts ?? { labels: [], moves: [], final: [] })).toContain('[label="left"];');
  const named = systemOf([
    {
      name: 'a',
      initial: 0,
      states: 1,
      transitions: [
        [0, 'all', 0],
        [0, 'two', 0],
      ],
      final: [0],
    },
    {
      name: 'b',
      initial: 0,
      states: 1,
      transitions: [
        [0, 'all', 0],
        [0, 'two', 0],
      ],
    },
    { name: 'c', initial: 0, states: 1, transitions: [[0, 'all', 0]] },
  ]);
  expect(systemDot(named, 't')).toContain('"p a" -> "p b" [dir=none, label="two"];');
  expect(systemDot(named, 't')).toContain('"e all" [shape=point, xlabel="all"];');
  expect(componentDot(named, 0)).toContain('0 [shape=doublecircle];');
});
