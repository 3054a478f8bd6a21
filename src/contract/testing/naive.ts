import { explore } from '#contract/compile.ts';
import { type Lts, tau } from '#contract/lts.ts';
import type { System } from '#contract/network.ts';
import { parse } from '#contract/parse.ts';
import type { Lookup, WiredNode } from '#contract/wiring.ts';
import { wire } from '#contract/wiring.ts';
import type { Connection, DesignBody } from '#model/design.ts';

/**
 * What the engines are held against: the same questions answered in the plainest way, without packing, shapes, links or reduction.
 * Nothing here is shared with them but the contract's own transition system.
 */

interface Plain {
  readonly nodes: readonly (number | 'returned')[];
  readonly channels: Readonly<Record<string, PlainChannel>>;
}

interface PlainChannel {
  readonly held: number;
  readonly ended: boolean;
  readonly seen: boolean;
  readonly readerGone: boolean;
  /** Of a call: a request is under way; one is that the client gave up. */
  readonly asked: boolean;
  readonly owed: boolean;
}

/** More states than this take too long here: then there is no answer. */
const most = 5_000;

/** Whether a design can deadlock, by the rules of the spec read as a program. */
export function naiveDeadlock(design: DesignBody, lookup: Lookup): boolean | undefined {
  const wired = wire(design, lookup);
  const systems = wired.map(systemOf);
  const world = { wired, systems, numbers: new Map(wired.map(({ id }, number) => [id, number])) };
  const fresh = { held: 0, ended: false, seen: false, readerGone: false, asked: false, owed: false };
  const start = settle(world, {
    nodes: wired.map(() => 0),
    channels: Object.fromEntries([...Object.keys(design.connections), ...openInputs(wired)].map((id) => [id, fresh])),
  });
  const seen = new Map([[JSON.stringify(start), start]]);
  let deadlock = false;
  for (const state of seen.values()) {
    if (seen.size > most) return undefined;
    const next = state.nodes.flatMap((_, node) => nextOf(world, state, node));
    if (next.length === 0 && state.nodes.some((at) => at !== 'returned')) deadlock = true;
    for (const to of next) {
      const settled = settle(world, to);
      const key = JSON.stringify(settled);
      if (!seen.has(key)) seen.set(key, settled);
    }
  }
  return deadlock;
}

// An optional input without a connection is remembered as one that has ended.
function openInputs(wired: readonly WiredNode[]): string[] {
  return wired.flatMap(({ id, ends }) =>
    [...ends].flatMap(([label, { port, connection }]) =>
      port.direction === 'in' && port.optional && !connection ? [`${id}.${label}`] : [],
    ),
  );
}

interface World {
  readonly wired: readonly WiredNode[];
  readonly systems: readonly Lts[];
  readonly numbers: ReadonlyMap<string, number>;
}

function systemOf(node: WiredNode): Lts {
  if (!node.contract.ok) throw new Error(node.contract.faults.join());
  const parsed = parse(node.contract.text);
  const explored = parsed.ok ? explore(parsed.contract) : undefined;
  if (explored?.ok !== true) throw new Error('no system');
  return explored.lts;
}

// A process in a final state returns at once: its outputs end, its inputs are given up.
function settle({ wired, systems }: World, state: Plain): Plain {
  const nodes = state.nodes.map((at, node) => (at !== 'returned' && systems[node]?.final[at] ? 'returned' : at));
  const channels = { ...state.channels };
  for (const [number, { ends }] of wired.entries()) {
    if (nodes[number] !== 'returned') continue;
    for (const { port, connection } of ends.values()) {
      const channel = channels[connection?.id ?? ''];
      if (connection === undefined || channel === undefined) continue;
      channels[connection.id] =
        port.direction === 'out' ? { ...channel, ended: true } : { ...channel, readerGone: true, held: 0 };
    }
  }
  return { nodes, channels };
}

function nextOf(world: World, state: Plain, node: number): Plain[] {
  const at = state.nodes[node];
  if (at === 'returned' || at === undefined) return [];
  const { moves = [], labels = [] } = world.systems[node] ?? {};
  return (moves[at] ?? []).flatMap(({ label, to }) =>
    label === tau ? [moved(state, node, to)] : byEvent(world, state, node, labels[label] ?? '', to),
  );
}

function byEvent(world: World, state: Plain, node: number, label: string, to: number): Plain[] {
  const [, name = label, word = ''] = /^(.*?)(?:\.(end|ask|reply|quit))?$/.exec(label) ?? [];
  const isEnd = word === 'end';
  const end = world.wired[node]?.ends.get(name);
  const after = moved(state, node, to);
  if (end?.connection === undefined) {
    const input = `${world.wired[node]?.id}.${name}`;
    const open = state.channels[input];
    if (open === undefined) return [after];
    return isEnd && !open.seen ? [{ ...after, channels: { ...after.channels, [input]: { ...open, seen: true } } }] : [];
  }
  const { connection } = end;
  const channel = state.channels[connection.id];
  if (channel === undefined) return [];
  const put = (change: Partial<typeof channel>): Plain => ({
    ...after,
    channels: { ...after.channels, [connection.id]: { ...channel, ...change } },
  });
  if (end.port.protocol === 'call' && !isEnd) {
    const { from, to: server } = connection;
    const meet = (change: Partial<PlainChannel>): Plain[] => {
      if (from.node === server.node) return [];
      if (channel.readerGone) return [after];
      return meetings(world, put(change), connection, `.${word}`);
    };
    if (end.port.direction === 'in') {
      const clientGone = state.nodes[world.numbers.get(from.node) ?? -1] === 'returned';
      const given = channel.owed || clientGone;
      return word === 'ask' || !given ? [] : [word === 'reply' ? put({ owed: false }) : after];
    }
    if (word === 'quit') return [channel.asked ? put({ asked: false, owed: true }) : after];
    return word === 'ask' ? meet({ asked: true }) : channel.owed && !channel.readerGone ? [] : meet({ asked: false });
  }
  if (end.port.direction === 'in') {
    if (isEnd) return channel.ended && channel.held === 0 && !channel.seen ? [put({ seen: true })] : [];
    return channel.held > 0 ? [put({ held: channel.held - 1 })] : [];
  }
  if (isEnd) return [put({ ended: true })];
  if (channel.readerGone) return [after, moved(state, node, 'returned')];
  if (channel.held < connection.capacity) return [put({ held: channel.held + 1 })];
  const lost = connection.policy === 'block' ? [] : [after];
  return connection.capacity > 0 || connection.to.node === connection.from.node
    ? lost
    : [...lost, ...meetings(world, after, connection)];
}

function meetings({ wired, systems, numbers }: World, state: Plain, { to }: Connection, word = ''): Plain[] {
  const reader = numbers.get(to.node) ?? -1;
  const at = state.nodes[reader];
  if (at === 'returned' || at === undefined) return [];
  const label = (wired[reader]?.ports[to.port]?.many ? `${to.port}.${to.index}` : to.port) + word;
  const { moves = [], labels = [] } = systems[reader] ?? {};
  return (moves[at] ?? []).filter((move) => labels[move.label] === label).map((move) => moved(state, reader, move.to));
}

function moved(state: Plain, node: number, to: number | 'returned'): Plain {
  return { ...state, nodes: state.nodes.with(node, to) };
}

/** Every reachable state of a system with what an engine must find: how many, whether one is dead, and how near the nearest. */
export function naiveSearch(system: System): { readonly states: number; readonly dead: number | undefined } | undefined {
  const start = system.parts.map(() => 0);
  const seen = new Map([[start.join(), { state: start, depth: 0 }]]);
  let dead: number | undefined;
  for (const { state, depth } of seen.values()) {
    if (seen.size > most) return undefined;
    const next = naiveSteps(system, state);
    if (next.length === 0 && !allEnded(system, state)) dead ??= depth;
    for (const { to } of next) if (!seen.has(to.join())) seen.set(to.join(), { state: to, depth: depth + 1 });
  }
  return { states: seen.size, dead };
}

export function allEnded({ parts, shapes, processes }: System, state: readonly number[]): boolean {
  return state.slice(0, processes).every((at, part) => shapes[parts[part]?.shape ?? 0]?.final[at] === 1);
}

/** Every step from a state: each event for which all its parts are ready, in each way they can make it. */
export function naiveSteps(system: System, state: readonly number[]): { readonly event: number; readonly to: number[] }[] {
  return system.events.flatMap(({ parts }, event) => {
    let ways: number[][] = [[...state]];
    for (const part of parts) {
      if (part < 0) return [];
      ways = ways.flatMap((way) => movesBy(system, part, state[part] ?? 0, event).map((to) => way.with(part, to)));
    }
    return ways.map((to) => ({ event, to }));
  });
}

/** The states a trace may lead to, by every way its events can be made. */
export function naiveReplay(system: System, trace: readonly number[], from = system.parts.map(() => 0)): number[][] {
  let states = [from];
  for (const event of trace) {
    const next = states.flatMap((state) => naiveSteps(system, state).filter((step) => step.event === event));
    states = [...new Map(next.map(({ to }) => [to.join(), to])).values()];
  }
  return states;
}

function movesBy({ parts, shapes }: System, part: number, at: number, event: number): number[] {
  const { shape = 0, events = new Int32Array() } = parts[part] ?? {};
  const { first = events, labels = events, targets = events } = shapes[shape] ?? {};
  const moves = Array.from({ length: (first[at + 1] ?? 0) - (first[at] ?? 0) }, (_, i) => (first[at] ?? 0) + i);
  return moves.filter((move) => events[labels[move] ?? 0] === event).map((move) => targets[move] ?? 0);
}
