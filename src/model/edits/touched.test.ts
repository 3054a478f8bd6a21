import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DesignBody } from '#model/design.ts';
import { anyDesign, anyEdit, testKinds } from '#model/testing.ts';
import { applySome } from './apply.ts';
import { type ElementKey, keyOf, touchedBy } from './touched.ts';

/** All that is kept of each element. */
function elementsOf({ nodes, connections, canvas }: DesignBody): Map<ElementKey, unknown> {
  const { positions, sizes = {}, members = {}, groups = {} } = canvas;
  const own = <T>(record: Readonly<Record<string, T>>, id: string): T | undefined =>
    Object.hasOwn(record, id) ? record[id] : undefined;
  return new Map<ElementKey, unknown>([
    ...Object.values(nodes).map((node): [ElementKey, unknown] => [
      keyOf('node', node.id),
      [node, own(positions, node.id), own(sizes, node.id), own(members, node.id)],
    ]),
    ...Object.values(connections).map((it): [ElementKey, unknown] => [keyOf('connection', it.id), it]),
    ...Object.values(groups).map((it): [ElementKey, unknown] => [keyOf('group', it.id), it]),
  ]);
}

test('[E15] edits and their inverse name every element that differs: nothing else needs to be looked at', () => {
  fc.assert(
    fc.property(anyDesign, fc.array(anyEdit, { maxLength: 30 }), (design, asked) => {
      const { design: after, edits, inverse } = applySome(design, asked, testKinds);
      const [was, is] = [elementsOf(design), elementsOf(after)];
      const differing = [...new Set([...was.keys(), ...is.keys()])].filter(
        (key) => JSON.stringify(was.get(key)) !== JSON.stringify(is.get(key)),
      );
      const touched = touchedBy(edits, inverse);
      for (const key of differing) expect(touched).toContain(key);
    }),
    { numRuns: 500 },
  );
});
