import fc from 'fast-check';
import { randomFrom } from '#base/random.ts';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';

/** Random designs of real components, loops among them. */

export const catalog = createCatalog(components);

/** A node with the number of channels on its ports. */
interface Part {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ins: readonly string[];
  readonly outs: readonly string[];
  readonly asks?: readonly string[];
  readonly serves?: readonly string[];
}

const times = (port: string, count: number): string[] => Array<string>(count).fill(port);
const few = fc.integer({ min: 1, max: 3 });

const caller: Part = { kind: 'control.call', settings: {}, ins: ['in'], outs: ['out', 'err'], asks: ['call'] };

const part: fc.Arbitrary<Part> = fc.oneof(
  few.map((repeat): Part => ({ kind: 'io.manual', settings: { repeat, intervalMs: 0 }, ins: [], outs: ['out'] })),
  few.map((count): Part => ({ kind: 'flow.merge', settings: {}, ins: times('in', count), outs: ['out'] })),
  few.map((count): Part => ({ kind: 'flow.zip', settings: {}, ins: times('in', count), outs: ['tuple'] })),
  fc.tuple(few, fc.constantFrom('fair', 'priority'), fc.array(fc.boolean(), { maxLength: 2 })).map(
    ([count, prefer, guards]): Part => ({
      kind: 'flow.choice',
      settings: { prefer, guards },
      ins: times('in', count),
      outs: ['out'],
    }),
  ),
  fc
    .tuple(few, fc.constantFrom('parallel', 'in turn'))
    .map(([count, order]): Part => ({ kind: 'flow.broadcast', settings: { order }, ins: ['in'], outs: times('out', count) })),
  fc
    .tuple(
      fc.array(fc.constantFrom('true', 'false'), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('first', 'all'),
      fc.boolean(),
    )
    .map(
      ([rules, match, rest]): Part => ({
        kind: 'flow.route',
        settings: { rules, match },
        ins: ['in'],
        outs: [...times('out', rules.length), ...(rest ? ['rest'] : [])],
      }),
    ),
  fc.tuple(few, fc.integer({ min: 0, max: 1 }), fc.constantFrom('block', 'drop-oldest', 'drop-newest')).map(
    ([capacity, count, whenFull]): Part => ({
      kind: 'flow.buffer',
      settings: { capacity, whenFull, initial: times('go', count) },
      ins: ['in'],
      outs: ['out'],
    }),
  ),
  few.map((count): Part => ({ kind: 'data.aggregate', settings: {}, ins: times('in', count), outs: ['out'] })),
  fc
    .constantFrom('true', 'false')
    .map((condition): Part => ({ kind: 'data.filter', settings: { condition }, ins: ['in'], outs: ['match', 'rest'] })),
  few.map((holds): Part => ({ kind: 'flow.delay', settings: { delayMs: 5, holds }, ins: ['in'], outs: ['out'] })),
  fc.boolean().map((open): Part => ({ kind: 'monitor.tap', settings: {}, ins: ['in'], outs: open ? ['out'] : [] })),
  fc.constantFrom(0, 20).map((deadlineMs): Part => ({ ...caller, settings: { deadlineMs } })),
  fc.tuple(fc.constantFrom(0, 20), few).map(
    ([deadlineMs, attempts]): Part => ({
      kind: 'control.retry',
      settings: { deadlineMs, attempts, backOffMs: 3 },
      ins: [],
      outs: [],
      asks: ['attempt'],
      serves: ['request'],
    }),
  ),
  few.map((clients): Part => ({ kind: 'compute.state', settings: {}, ins: [], outs: [], serves: times('op', clients) })),
  fc.tuple(few, few, fc.constantFrom(0, 7), fc.constantFrom('', 'op')).map(
    ([users, permits, leaseMs, key]): Part => ({
      kind: 'control.semaphore',
      settings: { permits, leaseMs, key },
      ins: [],
      outs: [],
      serves: times('acquire', users),
    }),
  ),
  fc.tuple(few, fc.nat(2), fc.constantFrom(0, 7)).map(
    ([count, parties, timeoutMs]): Part => ({
      kind: 'control.barrier',
      settings: { parties, timeoutMs },
      ins: times('arrive', count),
      outs: ['release'],
    }),
  ),
  fc
    .constantFrom('discard', 'stop')
    .map((action): Part => ({ kind: 'compute.discard', settings: { action, after: 2 }, ins: ['in'], outs: [] })),
);

const source: Part = { kind: 'io.manual', settings: { repeat: 2, intervalMs: 0 }, ins: [], outs: ['out'] };
const store: Part = { kind: 'compute.state', settings: {}, ins: [], outs: [], serves: ['op'] };
const sink: Part = { kind: 'compute.discard', settings: {}, ins: ['in'], outs: [] };

export interface Shape {
  readonly parts: readonly Part[];
  /** Decides which output goes to which input. */
  readonly seed: number;
  readonly capacities: readonly number[];
}

export const randomShape: fc.Arbitrary<Shape> = fc.record({
  parts: fc.array(part, { minLength: 2, maxLength: 6 }),
  seed: fc.nat(),
  capacities: fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 4, maxLength: 4 }),
});

type Side = 'ins' | 'outs' | 'asks' | 'serves';

export function designOf({ parts, seed, capacities }: Shape): DesignBody {
  const ends = (of: readonly Part[], side: Side): { node: string; port: string }[] =>
    of.flatMap((one, number) => (one[side] ?? []).map((port) => ({ node: `n${number}`, port })));
  const filled = (of: readonly Part[], from: Side, to: Side, giver: Part, taker: Part): Part[] => {
    const missing = ends(of, to).length - ends(of, from).length;
    return [...of, ...Array<Part>(Math.abs(missing)).fill(missing > 0 ? giver : taker)];
  };
  const called = filled(parts, 'asks', 'serves', caller, store);
  const all = filled(called, 'outs', 'ins', source, sink);
  const random = randomFrom(seed);
  const edits: Edit[] = all.map(({ kind, settings }, number) => ({ do: 'node.add', node: { id: `n${number}`, kind, settings } }));
  const join = (from: Side, to: Side, capacityOf: (number: number) => number): void => {
    const sent = ends(all, from).map((end) => ({ end, order: random() }));
    sent.sort((a, b) => a.order - b.order);
    for (const [number, end] of ends(all, to).entries()) {
      const connection = { id: `${to}-${number}`, from: sent[number]?.end ?? end, to: end, capacity: capacityOf(number) };
      edits.push({ do: 'connect', connection });
    }
  };
  join('outs', 'ins', (number) => capacities[number % capacities.length] ?? 0);
  join('asks', 'serves', () => 0);
  const applied = applyAll(emptyDesign('random'), edits, catalog);
  if (!applied.ok) throw new Error(`${applied.refusal.pointer} ${applied.refusal.message}`);
  return applied.design;
}
