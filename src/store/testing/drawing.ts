import fc from 'fast-check';
import { newUuid } from '#base/ids.ts';
import type { ComponentSpec, Kinds, PortSpec } from '#model/component.ts';
import { type Design, type DesignBody, emptyDesign } from '#model/design.ts';
import { applyAll, applySome } from '#model/edits/apply.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import type { Authorship } from '#store/designs/design-log.ts';
import type { Committed, Designs, Wish } from '#store/designs/designs.ts';

/** Kinds, designs and edits to test a store with. */

const port = (direction: PortSpec['direction'], many: boolean): PortSpec => ({
  direction,
  many,
  protocol: 'data',
  optional: true,
  description: '',
  schema: {},
});

const step: ComponentSpec = {
  kind: 'test.step',
  version: 1,
  title: 'Step',
  icon: '',
  summary: '',
  settings: { type: 'object' } as ComponentSpec['settings'],
  ports: { in: port('in', false), out: port('out', false), all: port('in', true) },
  contract: '',
  examples: [],
};

export const testKinds: Kinds = { get: (kind) => (kind === step.kind ? step : undefined) };

/** Somebody, with a transaction id of its own each time. */
export const somebody = (): Authorship => ({ actor: 'ada', via: 'test', txId: newUuid() });

/** A commit of one, as a test says it. */
export interface Commit extends Authorship {
  readonly id: string;
  /** Commit only if the design still has this revision. */
  readonly expectedRev?: number;
  readonly change: (design: Design) => Changed;
}

type Changed =
  | { readonly ok: true; readonly design: Design; readonly edits: readonly Edit[]; readonly inverse: readonly Edit[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** A commit of edits as the product makes it. */
export function editing(id: string, edits: readonly Edit[], more: Partial<Commit> = {}): Commit {
  return { id, ...somebody(), change: (design): Changed => applyAll(design, edits, testKinds), ...more };
}

/** The wish of a commit. */
export function wishOf({ id: _id, expectedRev, change, ...author }: Commit): Wish {
  return {
    ...author,
    decide: async (held) => {
      if (expectedRev !== undefined && held.design.rev !== expectedRev)
        return { ok: false, is: 'stale', since: (await held.since(expectedRev)) ?? [] };
      const changed = change(held.design);
      return changed.ok ? changed : { ...changed, is: 'refused' };
    },
  };
}

/** Commits one alone; what its change throws is thrown. */
export async function commitOne(
  designs: Designs,
  commit: Commit,
): Promise<Exclude<Committed, { is: 'failed' }> | { readonly is: 'missing' }> {
  const [done] = (await designs.commit(commit.id, [wishOf(commit)])) ?? [];
  if (done?.is === 'failed') throw done.thrown;
  return done ?? { is: 'missing' };
}

/** A commit of those of the edits that apply, one after the other. */
export function editingWhatFits(id: string, edits: readonly Edit[]): Commit {
  return editing(id, [], { change: (design): Changed => ({ ok: true, ...applySome(design, edits, testKinds) }) });
}

export const addNode = (id: string, settings: Record<string, unknown> = {}): Edit => ({
  do: 'node.add',
  node: { id, kind: 'test.step', settings },
  at: { x: 0, y: 0 },
});

export const connect = (id: string, from: string, to: string, port = 'in'): Edit => ({
  do: 'connect',
  connection: { id, from: { node: from, port: 'out' }, to: { node: to, port } },
});

/** The body that edits draw on an empty canvas. */
export function drawn(name: string, edits: readonly Edit[]): DesignBody {
  const applied = applyAll(emptyDesign(name), edits, testKinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
}

/** A design without who and when, as JSON has it: no −0, no order of names. */
export function bodyOf({ name, description, nodes, connections, canvas }: DesignBody): DesignBody {
  return JSON.parse(JSON.stringify({ name, description, nodes, connections, canvas }));
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const wire = fc.constantFrom('v', 'w', 'x', 'y');
const value = fc.jsonValue({ maxDepth: 2 }).filter((some) => some !== null && !/\\u(0000|d[89a-f])/.test(JSON.stringify(some)));
const settings = fc.dictionary(fc.constantFrom('p', 'q', 'r'), value);
const change = fc.dictionary(fc.constantFrom('p', 'q', 'r'), fc.oneof(value, fc.constant(null)));
const text = fc.string({ maxLength: 12 }).map((some) => some.replaceAll('\u0000', ''));
const place = fc.record({ x: fc.double({ min: -1e6, max: 1e6, noNaN: true }), y: fc.integer({ min: -1000, max: 1000 }) });

/** Any edit, likely on few ids, so that many of them meet; whether it applies is another matter. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    do: fc.constant('node.add' as const),
    node: fc.record(
      {
        id,
        kind: fc.constant('test.step'),
        settings,
        priority: fc.constantFrom('low', 'high'),
        weight: fc.integer({ min: 2, max: 100 }),
      },
      { requiredKeys: ['id', 'kind', 'settings'], noNullPrototype: true },
    ),
    at: place,
  }),
  fc.record({ do: fc.constant('node.move' as const), id, at: place }),
  fc.record({ do: fc.constant('node.set' as const), id, label: text, settings: change }),
  fc.record({ do: fc.constant('node.set' as const), id, priority: fc.constantFrom('low', 'normal', 'high') }),
  fc.record({ do: fc.constant('node.delete' as const), id }),
  fc.tuple(wire, id, id, fc.constantFrom('in', 'all')).map(([name, from, to, at]) => connect(name, from, to, at)),
  fc.record({ do: fc.constant('disconnect' as const), id: wire }),
  fc.record({ do: fc.constant('connection.set' as const), id: wire, capacity: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant('design.set' as const), name: text.map((some) => `n${some}`), description: text }),
);
