import type { DesignBody } from '#model/design.ts';
import { emptyDesign } from '#model/design.ts';

/** A chain of buffers, each with its place. */
export function chainOf(nodes: number): DesignBody {
  const design = emptyDesign(`Chain of ${nodes}`);
  for (let n = 0; n < nodes; n++) {
    const id = `n${n}`;
    design.nodes[id] = { id, kind: 'flow.buffer', version: 1, label: `Step ${n}`, settings: {}, onFailure: 'stop' };
    design.canvas.positions[id] = { x: n * 200, y: 0 };
    if (n === 0) continue;
    const [from, to] = [`n${n - 1}`, id].map((node) => ({ node, port: '', index: 0 }));
    if (from === undefined || to === undefined) continue;
    design.connections[`w${n}`] = {
      id: `w${n}`,
      from: { ...from, port: 'out' },
      to: { ...to, port: 'in' },
      capacity: 0,
      policy: 'block',
    };
  }
  return design;
}
