import type { Metrics } from '#kit/tools.ts';

/** The most names one node may have, and the longest; others are not kept, so that names made from messages cannot fill the memory. */
const mostNames = 100;
const longestName = 100;

/** The numbers the components of one session want seen, by node. */
export class NodeMetrics {
  readonly #byNode = new Map<string, Map<string, number>>();

  /** What a node is handed to count with; what is not a finite number is left out. */
  of(node: string): Metrics {
    const values = this.#byNode.get(node) ?? new Map<string, number>();
    this.#byNode.set(node, values);
    const set = (name: string, value: number): void => {
      if (!Number.isFinite(value) || name.length > longestName) return;
      if (values.has(name) || values.size < mostNames) values.set(name, value);
    };
    return { count: (name, by = 1) => set(name, (values.get(name) ?? 0) + by), gauge: set };
  }

  /** The numbers of a node by name; undefined when it has none. */
  read(node: string): Record<string, number> | undefined {
    const values = this.#byNode.get(node);
    return values === undefined || values.size === 0 ? undefined : Object.fromEntries(values);
  }
}
