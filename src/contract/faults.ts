import type { PortSpec } from '#model/component.ts';
import { compile } from './compile.ts';
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
 *     the component does not have, or of an index on a port with one channel; it sends after the end; it can come to
 *     a stop (`STOP`, or parts of it that wait for each other) without having ended.
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
  const faults = [...beyondChannels(compiled.lts, ports), ...sendsAfterEnd(compiled.lts, ports)];
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
  const calls = event.suffix === 'ask' || event.suffix === 'reply';
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
    const end = lts.labels.indexOf(`${label}.end`);
    if (label.endsWith('.end') || end < 0 || !Object.hasOwn(ports, port) || ports[port]?.direction !== 'out') continue;
    const way = wayTo(copyAfter(lts, end), (state) => state >= lts.moves.length && canDo(lts, state - lts.moves.length, number));
    if (way !== undefined) faults.push({ message: `${wayText(lts, way.labels)} it sends ${label}, which it has ended` });
  }
  return faults;
}

function canDo(lts: Lts, state: number, number: number): boolean {
  return (lts.moves[state] ?? []).some(({ label }) => label === number);
}
