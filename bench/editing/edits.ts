import { buffer } from '#components/flow/buffer.ts';
import { createCatalog } from '#host/catalog.ts';
import type { DesignBody } from '#model/design.ts';
import { apply, applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import { rebase } from '#model/edits/transform.ts';
import { type Figure, printTable, processorMs } from '../figures.ts';
import { chainOf } from './drawings.ts';

const rounds = 5;
const catalog = createCatalog([buffer]);

interface Side {
  readonly name: string;
  readonly edits: number;
  readonly run: () => Promise<void>;
}

const moves = (count: number, nodes: number): Edit[] =>
  Array.from({ length: count }, (_, n) => ({ do: 'node.move', id: `n${n % nodes}`, at: { x: n, y: 1 } }));
const labels = (count: number, nodes: number): Edit[] =>
  Array.from({ length: count }, (_, n) => ({ do: 'node.set', id: `n${n % nodes}`, label: `${n}` }));
const letters = (count: number): Edit[] =>
  Array.from({ length: count }, (_, n) => ({
    do: 'text.edit',
    name: 'description',
    change: n === 0 ? ['x'] : [n % 100 || 1, 'x'],
  }));

function together(name: string, design: DesignBody, edits: readonly Edit[]): Side {
  return {
    name,
    edits: edits.length,
    run: async () => {
      if (!applyAll(design, edits, catalog).ok) throw new Error(`${name} is refused`);
    },
  };
}

function oneByOne(name: string, design: DesignBody, edits: readonly Edit[]): Side {
  return {
    name,
    edits: edits.length,
    run: async () => {
      let at = design;
      for (const edit of edits) {
        const applied = apply(at, edit, catalog);
        if (!applied.ok) throw new Error(`${name} is refused`);
        at = applied.design;
      }
    },
  };
}

function over(name: string, mine: readonly Edit[], theirs: readonly Edit[], times: number): Side {
  return {
    name,
    edits: mine.length * theirs.length * times,
    run: async () => {
      for (let time = 0; time < times; time++) rebase(mine, theirs, 'after');
    },
  };
}

/** The peer: the bare assignment an edit comes down to, in a record that is changed in place. */
function assigned(edits: readonly Edit[], nodes: number): Side {
  return {
    name: 'bare assignment',
    edits: edits.length,
    run: async () => {
      const { positions } = chainOf(nodes).canvas;
      for (const edit of edits) if (edit.do === 'node.move' && edit.at !== undefined) positions[edit.id] = edit.at;
    },
  };
}

/** Edits a second, by processor time: applied, and carried over others. */
export async function edits(): Promise<void> {
  const [small, large] = [chainOf(50), chainOf(2_000)];
  const sides = [
    together('100,000 moves in one, 2,000 nodes', large, moves(100_000, 2_000)),
    together('20,000 labels in one, 2,000 nodes', large, labels(20_000, 2_000)),
    together('5,000 letters typed', small, letters(5_000)),
    oneByOne('moves one by one, 50 nodes', small, moves(20_000, 50)),
    oneByOne('moves one by one, 2,000 nodes', large, moves(2_000, 2_000)),
    over('10 moves over 100 of others', moves(10, 2_000), moves(100, 50), 500),
    over('10 letters over 100 of others', letters(10), letters(100), 50),
    assigned(moves(100_000, 2_000), 2_000),
  ];
  const figures = await processorMs(
    rounds,
    sides.map(({ run }) => run),
  );
  const perSecond = (ms: number, count: number): string => Math.round(count / (ms / 1_000)).toLocaleString('en');
  printTable([
    ['', 'edits a second', 'spread'],
    ...sides.map(({ name, edits: count }, at) => {
      const { median, least, most } = figures[at] as Figure;
      return [name, perSecond(median, count), `${perSecond(most, count)}–${perSecond(least, count)}`];
    }),
  ]);
}
