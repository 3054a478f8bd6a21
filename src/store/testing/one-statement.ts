import type { KyselyPlugin } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import type { Edit } from '#model/edits/edit.ts';
import { Comments } from '#store/comments.ts';
import { Designs } from '#store/designs/designs.ts';
import type { Bench } from './beside-designs.ts';
import { addNode, bodyOf, commitOne, connect, editing } from './drawing.ts';

/** The part of the contract suite about how often a commit goes to the database. */

const group = (id: string): Edit => ({ do: 'group.add', group: { id, title: id } });
const numbers = Array.from({ length: 200 }, (_, n) => n);

/** What a hand does on a canvas, one after the other. */
const strokes: Readonly<Record<string, readonly Edit[]>> = {
  'a node is added': [addNode('c', { p: 1 })],
  'nodes are connected': [connect('v', 'b', 'c')],
  'a node is put into a new group': [group('g'), { do: 'group.assign', node: 'c', group: 'g' }],
  'an end is given to another connection': [
    { do: 'disconnect', id: 'v' },
    { do: 'node.delete', id: 'b' },
    addNode('d'),
    connect('u', 'a', 'c'),
  ],
  'a connection is deleted': [{ do: 'disconnect', id: 'u' }],
  'a group is deleted with a node in it': [{ do: 'group.delete', id: 'g' }],
  'a node is deleted with its connections': [connect('t', 'a', 'c'), { do: 'node.delete', id: 'c' }],
  'many nodes are pasted': [
    ...numbers.map((n) => addNode(`n${n}`)),
    ...numbers.slice(1).map((n) => connect(`w${n}`, `n${n - 1}`, `n${n}`)),
  ],
  'all of it is deleted': numbers.map((n): Edit => ({ do: 'node.delete', id: `n${n}` })),
};

export function oneStatementContract({ database, clock, designs, draw }: Bench): void {
  describe('[E43] a commit of a design that is remembered is one statement', () => {
    test('whatever of these is done, threads of comments included', async () => {
      const { id } = await draw([addNode('a'), addNode('b'), connect('w', 'a', 'b')]);
      let statements = 0;
      const counting: KyselyPlugin = {
        transformQuery: ({ node }) => {
          statements++;
          return node;
        },
        transformResult: async ({ result }) => result,
      };
      const here = new Designs(database().db.withPlugin(counting), clock);
      await commitOne(here, editing(id, [{ do: 'node.move', id: 'a', at: { x: 1, y: 1 } }]));
      const comments = new Comments(database().db, clock);
      const comment = { id: newUuid(), actor: 'ada', text: 'x' };
      const opened = await comments.open({ id: newUuid(), designId: id, anchor: { node: 'b' }, comment }, 9);
      if (opened.is !== 'opened') throw new Error(opened.is);
      for (const [what, edits] of Object.entries(strokes)) {
        statements = 0;
        const done = await commitOne(here, editing(id, edits));
        expect([what, done.is, statements]).toEqual([what, 'committed', 1]);
        const design = await designs().get(id);
        expect(design && bodyOf(design)).toEqual(done.is === 'committed' && bodyOf(done.design));
      }
      expect(await comments.get(id, opened.thread.id)).toMatchObject({ orphaned: true, rev: 2 });
    });

    test('one that the database refuses leaves everything, threads of comments included', async () => {
      const { id } = await draw([addNode('a'), addNode('b'), connect('w', 'a', 'b')]);
      const here = new Designs(database().db, clock);
      await commitOne(here, editing(id, [{ do: 'node.move', id: 'a', at: { x: 1, y: 1 } }]));
      const comments = new Comments(database().db, clock);
      const comment = { id: newUuid(), actor: 'ada', text: 'x' };
      const opened = await comments.open({ id: newUuid(), designId: id, anchor: { node: 'b' }, comment }, 9);
      const before = await designs().get(id);
      // What it connects is not there any more.
      const broken = editing(id, [], {
        change: (design) => {
          const { b: _, ...nodes } = design.nodes;
          const edits: Edit[] = [
            { do: 'node.delete', id: 'b' },
            { do: 'disconnect', id: 'w' },
          ];
          const end = (node: string, port: string) => ({ node, port, index: 0 });
          const v = { id: 'v', from: end('b', 'out'), to: end('a', 'in'), capacity: 0, policy: 'block' as const };
          return {
            ok: true,
            design: { ...design, nodes, connections: { v } },
            edits: [...edits, connect('v', 'b', 'a')],
            inverse: [],
          };
        },
      });
      await expect(commitOne(here, broken)).rejects.toMatchObject({ code: 'STORE_INTEGRITY' });
      expect(await designs().get(id)).toEqual(before);
      expect(opened.is === 'opened' && (await comments.get(id, opened.thread.id))).toMatchObject({ orphaned: false, rev: 1 });
    });
  });
}
