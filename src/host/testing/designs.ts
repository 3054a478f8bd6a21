import { components as product } from '#components/catalog.ts';
import { type Catalog, createCatalog } from '#host/catalog.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import type { DesignBody } from '#model/design.ts';
import { designFormat, readDesignFile } from '#model/design-text.ts';
import { forgetful, misbehaving } from './misbehaving.ts';
import {
  burning,
  endless,
  failing,
  hanging,
  hostile,
  list,
  mirror,
  picky,
  resources,
  stalling,
  strange,
  ticking,
} from './probes.ts';

/** Every kind of the program, and the probes. A thread loads them by this name. */
export const components: readonly AnyComponent[] = [
  ...product,
  list,
  strange,
  picky,
  mirror,
  hanging,
  failing,
  ticking,
  stalling,
  hostile,
  resources,
  misbehaving,
  forgetful,
  endless,
  burning,
];

export const catalog: Catalog = createCatalog(components);

interface Drawn {
  readonly kind: string;
  readonly version?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly onFailure?: 'stop' | 'skip' | 'restart';
  readonly priority?: 'low' | 'normal' | 'high';
  readonly weight?: number;
}

/** Draws a design: nodes by id, and connections as `a.out -> b.in[2]`, called c0, c1, … in this order. */
export function draw(nodes: Readonly<Record<string, Drawn>>, wires: readonly string[] = [], of: Catalog = catalog): DesignBody {
  const connections = Object.fromEntries(
    wires.map((wire, number) => {
      const [from, to] = wire.split(' -> ');
      return [`c${number}`, { from, to }];
    }),
  );
  const read = readDesignFile({ format: designFormat, name: 'Drawn', nodes, connections }, of);
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  return read.design;
}

/** So many sources, each with a sink of its own: each ends whenever it likes, so the states are too many to look at all. */
export function manyLines(count: number): DesignBody {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const nodes = numbers.flatMap((n) => [
    [`from${n}`, { kind: 'io.manual', settings: { repeat: 2 } }] as const,
    [`to${n}`, { kind: 'compute.discard' }] as const,
  ]);
  return draw(
    Object.fromEntries(nodes),
    numbers.map((n) => `from${n}.out -> to${n}.in`),
  );
}
