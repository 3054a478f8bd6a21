import type { Named } from '#contract/automata.ts';
import { type Lts, tau } from '#contract/lts.ts';
import type { DesignBody } from '#model/design.ts';
import { finalsOf, statesOf, stepsOf } from './moves.ts';

/** V88  Drawings for GraphViz (`dot -Tsvg`). Names may hold anything: they stand in quotes. */

/** Lines below each other in quotes. */
function quoted(...lines: readonly string[]): string {
  const safe = lines.map((line) => line.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\s+/g, ' '));
  return `"${safe.join('\\n')}"`;
}

function digraph(title: string, lines: readonly string[]): string {
  return `digraph ${quoted(title)} {\n  rankdir=LR;\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

/** A design: its nodes and connections; a buffer with its capacity, and its policy when that is to drop. */
export function designDot({ name, nodes, connections }: DesignBody): string {
  const boxes = Object.entries(nodes).map(([id, { kind }]) => `${quoted(id)} [shape=box, label=${quoted(id, kind)}];`);
  const arrows = Object.values(connections).map(({ id, from, to, capacity, policy }) => {
    const drops = policy === 'block' ? '' : ` ${policy}`;
    const label = capacity > 0 || drops !== '' ? `${id} (${capacity}${drops})` : id;
    return `${quoted(from.node)} -> ${quoted(to.node)} [label=${quoted(label)}];`;
  });
  return digraph(name, [...boxes, ...arrows]);
}

/** The components of a system and the events they share; one of more than two parts is a point of its own, one of a single part is left out. */
export function systemDot({ system, labels }: Named, title: string): string {
  const name = (part: number): string => quoted(`p ${system.parts[part]?.name}`);
  const boxes = system.parts.map((part, at) => `${name(at)} [shape=box, label=${quoted(part.name)}];`);
  const pairs = new Map<string, string[]>();
  const points: string[] = [];
  for (const [event, { parts }] of system.events.entries()) {
    const label = labels[event] ?? '';
    const [a = 0, b = 0] = parts;
    if (parts.length < 2 || parts.includes(-1)) continue;
    if (parts.length === 2) {
      const key = `${name(a)} -> ${name(b)}`;
      pairs.set(key, [...(pairs.get(key) ?? []), label]);
      continue;
    }
    points.push(`${quoted(`e ${label}`)} [shape=point, xlabel=${quoted(label)}];`);
    points.push(...parts.map((part) => `${name(part)} -> ${quoted(`e ${label}`)} [dir=none];`));
  }
  const edges = [...pairs].map(([key, events]) => `${key} [dir=none, label=${quoted(events.join(', '))}];`);
  return digraph(title, [...boxes, ...edges, ...points]);
}

/** One component of a system, state by state. */
export function componentDot({ system, labels }: Named, part: number): string {
  const arrows = stepsOf(system, part).map(({ from, event, to }) => ({ from, label: labels[event] ?? '', to }));
  const finals = part < system.processes ? finalsOf(system, part) : [];
  return automatonDot(system.parts[part]?.name ?? '', statesOf(system, part), new Set(finals), arrows);
}

/** A contract as a transition system; own decisions are `τ`. */
export function contractDot(title: string, { labels, moves, final }: Lts): string {
  const arrows = moves.flatMap((list, from) =>
    list.map(({ label, to }) => ({ from, label: label === tau ? 'τ' : (labels[label] ?? ''), to })),
  );
  return automatonDot(title, moves.length, new Set([...final.keys()].filter((state) => final[state])), arrows);
}

interface Arrow {
  readonly from: number;
  readonly label: string;
  readonly to: number;
}

function automatonDot(title: string, states: number, finals: ReadonlySet<number>, arrows: readonly Arrow[]): string {
  const circles = Array.from(
    { length: states },
    (_, state) => `${state} [shape=${finals.has(state) ? 'doublecircle' : 'circle'}];`,
  );
  const lines = arrows.map(({ from, label, to }) => `${from} -> ${to} [label=${quoted(label)}];`);
  return digraph(title, ['start [shape=point];', 'start -> 0;', ...circles, ...lines]);
}
