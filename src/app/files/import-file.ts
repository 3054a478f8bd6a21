import { storeDesign } from '#app/designs/create-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Design, DesignBody } from '#model/design.ts';
import type { Wanted } from '#model/expand.ts';
import { readWithParts } from './file-parts.ts';

/**
 * Brings a design file into the store, after the files of its parts; where a node names a file it then names the stored design.
 *
 * @throws what reading the file throws. A part that cannot be read is left as it is named: the check says so.
 */
export async function importFile(work: Work, caller: Caller, file: string): Promise<Design> {
  const { body, key, inner } = await readWithParts(file, work.catalog);
  const bodies = new Map([[key, body], ...inner.map((part) => [part.key, part.body] as const)]);
  const stored = new Map<string, Promise<Design>>();
  const store = (name: string, above: readonly string[]): Promise<Design> => {
    const known = stored.get(name);
    if (known !== undefined) return known;
    const idOf = async (wanted: Wanted): Promise<string> => {
      const part = inner.find(({ within, design }) => within === wanted.within && design === wanted.design);
      // Designs that contain each other cannot both be stored first.
      if (part === undefined || above.includes(part.key)) return wanted.design;
      return (await store(part.key, [...above, part.key])).id;
    };
    const design = renamed(work, bodies.get(name) as DesignBody, name, idOf).then((one) => storeDesign(work, caller, one));
    stored.set(name, design);
    return design;
  };
  return await store(key, [key]);
}

async function renamed(
  { catalog }: Work,
  body: DesignBody,
  within: string,
  idOf: (wanted: Wanted) => Promise<string>,
): Promise<DesignBody> {
  const nodes = { ...body.nodes };
  for (const node of Object.values(nodes)) {
    const { settings } = node;
    if (catalog.nesting?.(node.kind, {}) === undefined || typeof settings['design'] !== 'string') continue;
    const design = await idOf({ within, design: settings['design'], version: undefined });
    nodes[node.id] = { ...node, settings: { ...settings, design } };
  }
  return { ...body, nodes };
}
