import fc from 'fast-check';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { seeded } from '#kit/testing.ts';
import { applyAll } from '#model/apply.ts';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import type { Edit } from '#model/edit.ts';

/** Random designs of real components, loops among them. */

export const catalog = createCatalog(components);

/** A node with the number of channels on its ports. */
interface Part {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ins: readonly string[];
  readonly outs: readonly string[];
}

const times = (port: string, count: number): string[] => Array<string>(count).fill(port);
const few = fc.integer({ min: 1, max: 3 });

const part: fc.Arbitrary<Part> = fc.oneof(
  few.map((repeat): Part => ({ kind: 'io.manual', settings: { repeat, intervalMs: 0 }, ins: [], outs: ['out'] })),
  few.map((count): Part => ({ kind: 'flow.merge', settings: {}, ins: times('in', count), outs: ['out'] })),
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
  fc
    .constantFrom('discard', 'stop')
    .map((action): Part => ({ kind: 'compute.discard', settings: { action, after: 2 }, ins: ['in'], outs: [] })),
);

const source: Part = { kind: 'io.manual', settings: { repeat: 2, intervalMs: 0 }, ins: [], outs: ['out'] };
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

export function designOf({ parts, seed, capacities }: Shape): DesignBody {
  const ends = (of: readonly Part[], side: 'ins' | 'outs'): { node: string; port: string }[] =>
    of.flatMap((one, number) => one[side].map((port) => ({ node: `n${number}`, port })));
  const missing = ends(parts, 'ins').length - ends(parts, 'outs').length;
  const all = [...parts, ...Array<Part>(Math.abs(missing)).fill(missing > 0 ? source : sink)];
  const random = seeded(seed);
  const outs = ends(all, 'outs').map((end) => ({ end, order: random() }));
  outs.sort((a, b) => a.order - b.order);
  const edits: Edit[] = all.map(({ kind, settings }, number) => ({ do: 'node.add', node: { id: `n${number}`, kind, settings } }));
  for (const [number, to] of ends(all, 'ins').entries()) {
    const capacity = capacities[number % capacities.length] ?? 0;
    const from = outs[number]?.end;
    if (from !== undefined) edits.push({ do: 'connect', connection: { id: `c${number}`, from, to, capacity } });
  }
  const applied = applyAll(emptyDesign('random'), edits, catalog);
  if (!applied.ok) throw new Error(`${applied.refusal.pointer} ${applied.refusal.message}`);
  return applied.design;
}
