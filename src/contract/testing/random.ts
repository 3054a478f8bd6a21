import fc from 'fast-check';
import { randomFrom } from '#base/random.ts';
import { isReady } from '#contract/compose.ts';
import { type KnownKind, type Lookup, wire } from '#contract/wiring.ts';
import type { Connection, DesignBody } from '#model/design.ts';
import { design, kind, lookupOf } from './designs.ts';

/** Random designs in which everything may go wrong: loops, buffers of each policy, calls, ends, returns, decisions, open ports. */
export interface RandomDesign {
  readonly body: DesignBody;
  readonly kinds: readonly KnownKind[];
  readonly lookup: Lookup;
}

export const randomDesign: fc.Arbitrary<RandomDesign> = fc
  .record({
    nodes: fc.constantFrom(2, 2, 3, 3, 3, 4, 4, 5),
    wires: fc.array(
      fc.record({
        from: fc.nat(4),
        to: fc.constantFrom(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 0),
        capacity: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5),
        policy: fc.constantFrom<Connection['policy']>('block', 'block', 'block', 'drop-oldest', 'drop-newest'),
        call: fc.constantFrom(false, false, true),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    open: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    seeds: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  })
  .map(({ nodes, wires, open, seeds }) => {
    const ins = Array.from({ length: nodes }, (): string[] => []);
    const outs = Array.from({ length: nodes }, (): string[] => []);
    const connections = wires.map(({ from, to, capacity, policy, call }) => {
      const a = from % nodes;
      // Seldom to itself.
      const b = to === 0 ? a : (a + 1 + (to % Math.max(1, nodes - 1))) % nodes;
      const out = `${call ? 'asks' : 'o'}${outs[a]?.length}`;
      const into = `${call ? 'serves' : 'i'}${ins[b]?.length}`;
      outs[a]?.push(out);
      ins[b]?.push(into);
      return `n${a}.${out} -> n${b}.${into} | ${capacity} ${policy}`;
    });
    const kinds = ins.map((inputs, node) => {
      const outputs = outs[node] ?? [];
      const extra = open[node] ? 'in:x? out:y?' : '';
      const typed = (data: string, name: string): string =>
        isCall(name) ? `${name.replace(/\d+/, '')}:${name}` : `${data}:${name}`;
      const ports = [...inputs.map((name) => typed('in', name)), ...outputs.map((name) => typed('out', name)), extra].join(' ');
      const events = { ins: [...inputs, ...(open[node] ? ['x'] : [])], outs: [...outputs, ...(open[node] ? ['y'] : [])] };
      return kind(`test.k${node}`, ports, randomContract(events, seeds[node]));
    });
    const body = design(Object.fromEntries(kinds.map(({ spec }, node) => [`n${node}`, spec.kind])), connections);
    return { body, kinds, lookup: lookupOf(...kinds) };
  })
  // Two halves of a process that make one call at once are no contract.
  .filter(({ body, lookup }) => wire(body, lookup).every(isReady));

const isCall = (name: string): boolean => name.startsWith('asks') || name.startsWith('serves');

/** Does a message of a port, or a whole call; a client may also give up. */
function step(name: string, mayQuit = false): string {
  if (!isCall(name)) return `${name} -> `;
  return mayQuit ? `${name}.ask -> (${name}.reply -> SKIP [] ${name}.quit -> SKIP) ; ` : `${name}.ask -> ${name}.reply -> `;
}

// A stream of fast-check would be drawn anew each time a filter looks.
function numbers(seed: number): () => number {
  const random = randomFrom(seed);
  return () => random() * 2 ** 32;
}

interface Events {
  readonly ins: readonly string[];
  readonly outs: readonly string[];
}

function randomContract({ ins, outs }: Events, seed = 0): string {
  const next = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  const events = [...ins, ...outs, ...ins];
  const names = ['A', 'B', 'C'].slice(0, pick([1, 2, 3]));
  const end = (): string => pick([...names, ...names, ...names, 'SKIP', ...outs.map((out) => `${out}.end -> SKIP`)]);
  const anyStep = (): string => {
    const name = pick(events);
    return step(name, name.startsWith('asks') && pick([true, false]));
  };
  const run = (length: number): string => Array.from({ length }, anyStep).join('') + end();
  const server = ins.find((name) => name.startsWith('serves')) ?? '';
  const nested = (): string => {
    const more = outs.length === 0 ? '' : step(pick(outs));
    const answer = `${server}.reply -> SKIP`;
    return `${server}.ask -> ${more}${pick([answer, `(${answer} [] ${server}.quit -> ${answer})`, `${server}.quit -> ${answer}`])} ; ${end()}`;
  };
  const seen = (): string => (ins.length === 0 ? run(1) : `${pick(ins)}.end -> ${pick([end(), 'SKIP', 'SKIP'])}`);
  const part = (): string => pick([() => run(1), () => run(2), () => run(3), seen, both, server === '' ? both : nested])();
  const both = (): string => `(${step(pick(events))}SKIP ||| ${step(pick(events))}SKIP) ; ${step(pick(events))}${end()}`;
  const body = (): string => {
    const parts = Array.from({ length: pick([1, 2, 2, 3]) }, part);
    return parts.join(pick([' [] ', ' [] ', ' |~| ']));
  };
  if (events.length === 0) return 'A = SKIP';
  if (pick([true, true, false])) return pick(orderly)(ins, outs);
  return names.map((name) => `${name} = ${body()}`).join('\n');
}

type Orderly = (ins: readonly string[], outs: readonly string[]) => string;

const prefix = (events: readonly string[]): string =>
  events.map((event) => (event.endsWith('.end') ? `${event} -> ` : step(event))).join('');
const parallel = (events: readonly string[]): string =>
  `(${[...events.map((event) => `${step(event)}SKIP`), 'SKIP'].join(' ||| ')})`;
const endsOf = (ports: readonly string[]): string[] => ports.map((port) => `${port}.end`);

/** Takes a message and then does more; a server does it before it answers. */
function answering(name: string, more: string): string {
  return isCall(name) ? `${name}.ask -> ${more}${name}.reply -> ` : `${name} -> ${more}`;
}

/** Contracts as components have them; most designs of them alone are free. */
const orderly: readonly Orderly[] = [
  // Reads all, then sends all, for ever.
  (ins, outs) => `A = ${parallel(ins)} ; ${parallel(outs)} ; A`,
  // Whatever comes goes to one of the outputs, or nowhere; ends with the first end.
  (ins, outs) =>
    ins.length === 0
      ? `A = ${prefix(outs)}A |~| ${prefix(endsOf(outs))}SKIP`
      : `A = ${ins.map((one) => `${step(one)}B [] ${one}.end -> E`).join(' [] ')}\nB = ${[...outs.map((out) => `${step(out, true)}A`), 'A'].join(' |~| ')}\nE = ${prefix(endsOf(outs))}SKIP`,
  // To all in turn.
  (ins, outs) =>
    ins.length === 0
      ? `A = ${prefix(outs)}A |~| SKIP`
      : `A = ${ins.map((one) => `${answering(one, prefix(outs))}A [] ${one}.end -> SKIP`).join(' [] ')}`,
  // Reads every input to its end, one after the other.
  (ins, outs) =>
    `A = ${ins.map((_, at) => `R${at}`).join(' ; ') || 'SKIP'} ; ${prefix(outs)}SKIP\n${ins.map((one, at) => `R${at} = ${step(one)}R${at} [] ${one}.end -> SKIP\n`).join('')}`,
];
