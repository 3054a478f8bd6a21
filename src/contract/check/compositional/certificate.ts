import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { Group, Joint } from './forest.ts';
import type { Leaf } from './leaf.ts';

/** V49  How a system was put together, and what was taken as one at each step: enough to do it again without looking for it. */
export function certificateOf(system: System, root: Group, mostNumbers: number): Certificate {
  const partitions = new Partitions(mostNumbers);
  const numbers = new Map<Group, number>();
  const steps = fromLeaves(root).map((group, number) => {
    numbers.set(group, number);
    const { made } = group;
    if (made.of === 'part') return [made.part, partitions.ofLeaf(made.leaf)];
    return [numbers.get(made.left) ?? 0, numbers.get(made.right) ?? 0, partitions.ofJoint(made.joint)];
  });
  return {
    by: 'compositional',
    words: wordsOf(system, root, partitions.list.length),
    data: { steps, partitions: partitions.list },
  };
}

/** Room for a state of a partition; what goes beyond is only counted. */
const numbersOfState = 4;

class Partitions {
  readonly list: (readonly number[] | { readonly states: number })[] = [];
  readonly #numbers = new Map<Leaf | Joint, number>();
  #room: number;

  constructor(mostNumbers: number) {
    this.#room = mostNumbers / numbersOfState;
  }

  ofLeaf(leaf: Leaf): number {
    return this.#numberOf(leaf, leaf.classes.length, (at) => [leaf.states[at] ?? 0, leaf.classes[at] ?? 0]);
  }

  ofJoint(joint: Joint): number {
    const { product, classes } = joint;
    return this.#numberOf(joint, classes.length, (at) => [product.left[at] ?? 0, product.right[at] ?? 0, classes[at] ?? 0]);
  }

  #numberOf(made: Leaf | Joint, states: number, entry: (at: number) => readonly number[]): number {
    const known = this.#numbers.get(made);
    if (known !== undefined) return known;
    this.#numbers.set(made, this.list.length);
    this.#room -= states;
    return this.list.push(this.#room < 0 ? { states } : Array.from({ length: states }, (_, at) => entry(at)).flat()) - 1;
  }
}

// Each group after those it is made of.
function fromLeaves(root: Group): readonly Group[] {
  const order: Group[] = [];
  const left = [root];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    order.push(next);
    if (next.made.of === 'pair') left.push(next.made.left, next.made.right);
  }
  return order.reverse();
}

function wordsOf({ parts }: System, { size }: Group, ways: number): string[] {
  const count = (number: number): string => number.toLocaleString('en');
  const all = size === parts.length;
  return [
    `${count(size)} of ${count(parts.length)} parts were put together two at a time, in ${count(ways)} different ways.`,
    'After each step, what happens inside was hidden, and states that nobody can tell apart became one.',
    all
      ? 'In every state of the last step something can happen, or all have ended.'
      : 'In every state of the last step these parts can go on by themselves, whatever the others do.',
  ];
}
