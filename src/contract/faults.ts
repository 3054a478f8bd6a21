import type { PortSpec } from '#model/component.ts';
import { compile } from './compile.ts';
import { type EventWord, partsOfLabel } from './event-label.ts';
import { copyAfter, type Lts, tau, wayTo } from './lts.ts';
import { parse } from './parse.ts';
import { printEvent } from './print.ts';
import type { Contract, ContractFault, EventTerm, Place, Term } from './term.ts';

/** What a contract is held against: its component's ports, and how many channels the many ports have when that is known. */
export type ContractPorts = Readonly<Record<string, ContractPort>>;

interface ContractPort extends Pick<PortSpec, 'direction' | 'many'>, Partial<Pick<PortSpec, 'protocol'>> {
  readonly channels?: number;
}

/**
 * K5  What is wrong with a contract by itself, nothing when all is well: it does not parse or compile; it speaks of ports
 *     the component does not have, or of an index on a port with one channel; it sends after the end; on a call port it does not
 *     alternate request and answer; it can come to a stop (`STOP`, or parts of it that wait for each other) without having ended.
 */
export function contractFaults(text: string, ports: ContractPorts): readonly ContractFault[] {
  const meant = readContract(text, ports);
  return meant.ok ? stops(meant.lts) : meant.faults;
}

/** The system of a contract that means something for these ports; that it can come to a stop by itself is no fault here. */
export type Meant = { readonly ok: true; readonly lts: Lts } | { readonly ok: false; readonly faults: readonly ContractFault[] };

export function readContract(text: string, ports: ContractPorts): Meant {
  const parsed = parse(text);
  if (!parsed.ok) return { ok: false, faults: [parsed.fault] };
  const wrong = eventFaults(parsed.contract, parsed.places, ports);
  if (wrong.length > 0) return { ok: false, faults: wrong };
  const compiled = compile(text);
  if (!compiled.ok) return { ok: false, faults: [compiled.fault] };
  const faults = [
    ...beyondChannels(compiled.lts, ports),
    ...sendsAfterEnd(compiled.lts, ports),
    ...callsOutOfOrder(compiled.lts, ports),
  ];
  return faults.length > 0 ? { ok: false, faults } : compiled;
}

function beyondChannels(lts: Lts, ports: ContractPorts): ContractFault[] {
  return lts.labels.flatMap((label) => {
    const [port = '', index = '0'] = label.split('.');
    const channels = ports[port]?.channels;
    if (channels === undefined || !(Number(index) >= channels)) return [];
    return [{ message: `${label}: ${port} has ${channels} channels here, counted from 0` }];
  });
}

function eventFaults(contract: Contract, places: ReadonlyMap<object, Place>, ports: ContractPorts): ContractFault[] {
  const faults: ContractFault[] = [];
  for (const event of contract.equations.flatMap(({ body }) => eventsIn(body))) {
    const message = eventFault(event, ports);
    const place = places.get(event);
    if (message !== undefined) faults.push({ message, ...(place !== undefined && { place }) });
  }
  return faults;
}

function eventFault(event: EventTerm, ports: ContractPorts): string | undefined {
  const name = printEvent(event);
  const port = Object.hasOwn(ports, event.port) ? ports[event.port] : undefined;
  if (port === undefined) return `${name}: there is no port ${event.port}; there are ${Object.keys(ports).join(', ') || 'none'}`;
  if (port.many && event.index === undefined) return `${name}: ${event.port} has many channels, so say which: ${event.port}.0`;
  if (!port.many && event.index !== undefined) return `${name}: ${event.port} has one channel, so it takes no index`;
  const calls = event.suffix !== undefined && event.suffix !== 'end';
  if (calls && port.protocol !== 'call') return `${name}: ${event.port} is a data port, it has no .${event.suffix}`;
  if (!calls && event.suffix === undefined && port.protocol === 'call')
    return `${name}: ${event.port} is a call port: .ask or .reply`;
  return undefined;
}

/** Every event of a term as it is written. */
export function eventsIn(term: Term): readonly EventTerm[] {
  switch (term.is) {
    case 'stop':
    case 'skip':
    case 'call':
      return [];
    case 'prefix':
      return [term.event, ...eventsIn(term.next)];
    case 'join':
      return term.of.flatMap(eventsIn);
    case 'each':
      return eventsIn(term.body);
    case 'parallel':
      return [...term.sync, ...eventsIn(term.left), ...eventsIn(term.right)];
    case 'if':
      return [...eventsIn(term.yes), ...eventsIn(term.no)];
  }
}

function stops(lts: Lts): ContractFault[] {
  const way = wayTo(lts, (state) => lts.moves[state]?.length === 0 && lts.final[state] !== true);
  if (way === undefined) return [];
  return [{ message: `${wayText(lts, way.labels)} it stops without having ended: nothing is possible and it is not SKIP` }];
}

function wayText(lts: Lts, labels: readonly number[]): string {
  const events = labels.filter((label) => label !== tau).map((label) => lts.labels[label]);
  return events.length === 0 ? 'at the start' : `after ${events.join(', ')}`;
}

// For each output: follows the contract and the fact "it has ended" together.
function sendsAfterEnd(lts: Lts, ports: ContractPorts): ContractFault[] {
  const faults: ContractFault[] = [];
  for (const [number, label] of lts.labels.entries()) {
    const [port = ''] = label.split('.');
    const parts = partsOfLabel(label);
    const end = lts.labels.indexOf(`${parts.end}.end`);
    if ((parts.word !== '' && parts.word !== 'ask') || end < 0 || !Object.hasOwn(ports, port) || ports[port]?.direction !== 'out')
      continue;
    const way = wayTo(copyAfter(lts, end), (state) => state >= lts.moves.length && canDo(lts, state - lts.moves.length, number));
    if (way !== undefined) faults.push({ message: `${wayText(lts, way.labels)} it sends ${label}, which it has ended` });
  }
  return faults;
}

function canDo(lts: Lts, state: number, number: number): boolean {
  return (lts.moves[state] ?? []).some(({ label }) => label === number);
}

/** Q3, K17  What may come on a call port while a request is under way, and while none is. */
const mayCome: Readonly<Record<'in' | 'out', Readonly<Record<'asked' | 'free', ReadonlySet<EventWord>>>>> = {
  in: { free: new Set(['ask', 'end']), asked: new Set(['reply', 'quit']) },
  out: { free: new Set(['ask', 'end', 'quit']), asked: new Set(['reply', 'quit']) },
};

// For each call channel: follows the contract and the fact "a request is under way" together.
function callsOutOfOrder(lts: Lts, ports: ContractPorts): ContractFault[] {
  const ends = new Set(lts.labels.map((label) => partsOfLabel(label).end));
  return [...ends].flatMap((end) => {
    const port = ports[end.split('.')[0] ?? ''];
    return port?.protocol === 'call' ? callOutOfOrder(lts, end, port.direction) : [];
  });
}

function callOutOfOrder(lts: Lts, end: string, direction: 'in' | 'out'): ContractFault[] {
  const words = lts.labels.map((label) => partsOfLabel(label)).map((parts) => (parts.end === end ? parts.word : undefined));
  const size = lts.moves.length;
  const wrong = (state: number): number | undefined => {
    const allowed = mayCome[direction][state < size ? 'free' : 'asked'];
    return lts.moves[state % size]?.find(({ label }) => words[label] !== undefined && !allowed.has(words[label] as EventWord))
      ?.label;
  };
  const phases = callPhases(lts, words, direction);
  const bad = wayTo(phases, (state) => wrong(state) !== undefined);
  if (bad !== undefined) {
    const label = lts.labels[wrong(bad.state) ?? -1] ?? '';
    const why = bad.state < size ? 'no request is under way' : 'the request before has no answer yet';
    return [{ message: `${wayText(lts, bad.labels)} it does ${label}, though ${why}` }];
  }
  const open = direction === 'out' ? wayTo(phases, (state) => state >= size && lts.final[state - size] === true) : undefined;
  return open === undefined ? [] : [{ message: `${wayText(lts, open.labels)} it ends while it waits for ${end}.reply` }];
}

/** Two copies of the system, the second with a request under way. */
function callPhases({ labels, moves, final }: Lts, words: readonly (EventWord | undefined)[], direction: 'in' | 'out'): Lts {
  const size = moves.length;
  const copy = (phase: number): Lts['moves'] =>
    moves.map((list) =>
      list.map(({ label, to }) => {
        const word = words[label];
        const next = word === 'ask' ? 1 : word === 'reply' || (word === 'quit' && direction === 'out') ? 0 : phase;
        return { label, to: to + next * size };
      }),
    );
  return { labels, moves: [...copy(0), ...copy(1)], final: [...final, ...final] };
}
