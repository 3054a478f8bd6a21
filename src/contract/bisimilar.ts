import type { Lts } from './lts.ts';

interface Joined {
  readonly moves: readonly (readonly { readonly label: string | number; readonly to: number }[])[];
  readonly final: readonly boolean[];
}

/**
 * V107  Whether two transition systems are strongly bisimilar from their first states: each move of one, own decisions among them, is matched by
 *       one of the other with the same name, and both have ended in the same states. Refines a partition of both together (Kanellakis and
 *       Smolka 1983) until nothing changes.
 */
export function bisimilar(a: Lts, b: Lts): boolean {
  const both = union(a, b);
  let classes: readonly number[] = both.final.map((ends) => (ends ? 1 : 0));
  for (let count = new Set(classes).size; ; ) {
    const numbers = new Map<string, number>();
    const next = both.moves.map((list, state) => {
      const sees = [...new Set(list.map(({ label, to }) => `${label} ${classes[to]}`))].sort();
      const key = JSON.stringify([classes[state], sees]);
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    classes = next;
    if (classes[0] !== classes[a.moves.length]) return false;
    if (numbers.size === count) return true;
    count = numbers.size;
  }
}

function union(a: Lts, b: Lts): Joined {
  const size = a.moves.length;
  const named = ({ labels, moves }: Lts, offset: number): Joined['moves'] =>
    moves.map((list) => list.map(({ label, to }) => ({ label: labels[label] ?? label, to: to + offset })));
  return { moves: [...named(a, 0), ...named(b, size)], final: [...a.final, ...b.final] };
}
