import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Happening } from '#app/feed.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Tx } from '#model/edits/tx.ts';
import type { TxDone } from './commit.ts';

const [ada, bea] = ['Ada', 'Bea'].map((actor) => ({ actor, via: 'test' })) as [Caller, Caller];
type Caller = { readonly actor: string; readonly via: string };

let real: RealApp;
let design: Design;
let told: Happening[];
beforeAll(async () => {
  real = await realApp();
  real.app.feed.listen((happening) => void told.push(happening));
});
beforeEach(async () => {
  const made = await real.app.createDesign(ada, pipeline('One'));
  if (made.is === 'refused') throw new Error(made.refusal.message);
  design = made.design;
  told = [];
});
afterAll(() => real.close());

const txOf = (edits: readonly Edit[], more: Partial<Tx> = {}): Tx => ({ txId: newUuid(), edits: [...edits], ...more });
const commit = (caller: Caller, edits: readonly Edit[], more: Partial<Tx> = {}): Promise<TxDone> =>
  real.app.commitTx(caller, design.id, txOf(edits, more));
const now = async (): Promise<Design> => await real.app.getDesign(ada, design.id);
const move = (id: string, x: number): Edit => ({ do: 'node.move', id, at: { x, y: 0 } });
const label = (id: string, text: string): Edit => ({ do: 'node.set', id, label: text });
const buffer = (id: string, text = ''): Edit => ({ do: 'node.add', node: { id, kind: 'flow.buffer', label: text } });
const wire = (id: string, from: string, to: string): Edit => ({
  do: 'connect',
  connection: { id, from: { node: from, port: 'out' }, to: { node: to, port: 'in' } },
});

describe('a transaction', () => {
  it('[E17] is answered with what was done and how to take it back, and told to all', async () => {
    const tx = txOf([move('to', 5), label('to', 'end')], { baseRev: 1, label: 'tidy', undoOf: newUuid() });
    const done = await real.app.commitTx(bea, design.id, tx);
    const { txId, undoOf, label: said } = tx;
    expect(done).toMatchObject({
      is: 'committed',
      ack: {
        txId,
        rev: 2,
        outcome: 'applied',
        edits: tx.edits,
        inverse: [label('to', ''), { do: 'node.move', id: 'to', at: { x: 240, y: 0 } }],
      },
      design: { rev: 2, nodes: { to: { label: 'end' } } },
    });
    const committed = { rev: 2, txId, actor: 'Bea', via: 'test', edits: tx.edits, label: said, undoOf };
    expect(told).toMatchObject([{ type: 'edits', designId: design.id, from: 2, to: 2, txs: [committed] }]);
    expect(await real.app.editsSince(ada, design.id, 1)).toMatchObject([committed]);
  });

  it('[E17] made on an older revision is rebased over what others did since', async () => {
    const text = (change: (string | number)[]): Edit => ({ do: 'text.edit', name: 'description', change });
    await commit(ada, [{ do: 'design.set', description: 'ab' }]);
    await commit(ada, [text(['one '])], { baseRev: 2 });
    const done = await commit(bea, [text([2, ' two'])], { baseRev: 2 });
    expect(done).toMatchObject({ is: 'committed', ack: { rev: 4, outcome: 'rebased', edits: [text([6, ' two'])] } });
    expect((await now()).description).toBe('one ab two');
    const [entry] = (await real.designs.history(design.id, { limit: 1 })) ?? [];
    expect(entry).toMatchObject({ baseRev: 2, outcome: 'rebased', asked: [text([2, ' two'])] });
  });

  it('[E17] that was done by others already makes no revision', async () => {
    await commit(ada, [{ do: 'node.delete', id: 'to' }]);
    const done = await commit(bea, [{ do: 'node.delete', id: 'to' }], { baseRev: 1 });
    expect(done).toMatchObject({ is: 'committed', ack: { rev: 2, outcome: 'rebased', edits: [] } });
    expect(told).toHaveLength(1);
  });

  it.each([
    [2, 'REVISION_UNKNOWN'],
    [99, 'REVISION_UNKNOWN'],
    [0, 'REVISION_UNKNOWN'],
    [-1, 'REVISION_UNKNOWN'],
  ])('[E17] made on revision %i, which is not there, is refused', async (baseRev, code) => {
    const done = await commit(ada, [move('to', 1)], { baseRev });
    expect(done).toMatchObject({ is: 'refused', rev: 1, refusal: { code, pointer: '/baseRev' } });
    expect(await now()).toEqual(design);
  });

  it('[E17] with mode exact is refused with what came between when what it touches has changed', async () => {
    await commit(ada, [move('from', 9)]);
    expect(await commit(bea, [move('to', 1)], { baseRev: 1, mode: 'exact' })).toMatchObject({ is: 'committed' });
    const stale = await commit(bea, [label('from', 'x')], { baseRev: 1, mode: 'exact' });
    expect(stale).toMatchObject({ is: 'stale', rev: 3, since: [{ rev: 2, actor: 'Ada', edits: [move('from', 9)] }] });
    expect(await commit(bea, [label('from', 'x')], { baseRev: 3, mode: 'exact' })).toMatchObject({ is: 'committed' });
  });

  it('[E17] with mode exact on a connection that went with its node is refused', async () => {
    await commit(ada, [{ do: 'node.delete', id: 'to' }]);
    const stale = await commit(bea, [{ do: 'connection.set', id: 'wire', capacity: 2 }], { baseRev: 1, mode: 'exact' });
    expect(stale).toMatchObject({ is: 'stale', since: [{ rev: 2 }] });
  });
});

describe('elements', () => {
  const ifAt = (rev: number) => ({ elements: { 'node:to': rev } as const });

  it('[W4] have a revision of their own: what happens elsewhere does not make them stale', async () => {
    await commit(ada, [move('from', 9)]);
    const change = (rev: number) => real.app.commitTx(bea, design.id, txOf([label('to', `${rev}`)]), ifAt(rev));
    expect(await change(1)).toMatchObject({ is: 'committed', ack: { rev: 3 } });
    expect(await change(1)).toMatchObject({ is: 'stale', rev: 3, since: [{ rev: 3 }] });
    expect(await change(3)).toMatchObject({ is: 'committed' });
    expect(await real.app.getNode(ada, design.id, 'to')).toMatchObject({ rev: 4, element: { label: '3', at: { x: 240, y: 0 } } });
    expect(await real.app.getNode(ada, design.id, 'from')).toMatchObject({ rev: 2 });
    expect(await real.app.getConnection(ada, design.id, 'wire')).toMatchObject({ rev: 1 });
  });

  it('[W4] change with where and in which group they are, and with the connections a deletion takes along', async () => {
    await commit(ada, [{ do: 'group.add', group: { id: 'g', title: 'G' } }]);
    await commit(ada, [{ do: 'group.assign', node: 'to', group: 'g' }]);
    expect(await real.app.getNode(ada, design.id, 'to')).toMatchObject({ rev: 3, element: { group: 'g' } });
    await commit(ada, [{ do: 'node.resize', id: 'to', size: { width: 80, height: 40 } }]);
    expect(await real.app.getNode(ada, design.id, 'to')).toMatchObject({ rev: 4, element: { size: { width: 80, height: 40 } } });
    const deleted = await commit(ada, [{ do: 'node.delete', id: 'from' }]);
    await commit(ada, deleted.is === 'committed' ? deleted.ack.inverse : []);
    expect(await real.app.getConnection(ada, design.id, 'wire')).toMatchObject({ rev: 6 });
    await commit(ada, [{ do: 'group.delete', id: 'g' }]);
    expect(await real.app.getNode(ada, design.id, 'to')).toMatchObject({ rev: 7 });
    await expect(real.app.getGroup(ada, design.id, 'g')).rejects.toMatchObject({ code: 'APP_ELEMENT_UNKNOWN' });
  });
});

describe('a refusal', () => {
  it('[E17] says who deleted what the edit is about', async () => {
    await commit(ada, [buffer('b', 'Waiter')]);
    await commit(ada, [move('b', 4)]);
    await commit(bea, [{ do: 'node.delete', id: 'b' }]);
    await commit(ada, [{ do: 'design.set', description: 'other' }]);
    const refused = await commit(ada, [move('to', 1), move('b', 5)], { baseRev: 2 });
    expect(refused).toMatchObject({
      is: 'refused',
      rev: 5,
      refusal: {
        code: 'UNKNOWN_NODE',
        pointer: '/1/id',
        message: 'Waiter was deleted by Bea; restore it, or leave this out',
        since: { rev: 4, actor: 'Bea' },
      },
    });
    expect((await now()).canvas.positions['to']).toEqual({ x: 240, y: 0 });
  });

  it('[E17] says who took the port, and who changed the text it was made on', async () => {
    await commit(ada, [buffer('b'), { do: 'disconnect', id: 'wire' }]);
    await commit(bea, [wire('w', 'b', 'to')]);
    const taken = await commit(ada, [wire('v', 'from', 'to')], { baseRev: 2 });
    expect(taken).toMatchObject({
      is: 'refused',
      refusal: {
        code: 'PORT_TAKEN',
        message: 'to.in was taken by Bea with connection w; choose another port, or delete that one',
        since: { rev: 3, actor: 'Bea' },
      },
    });
    await commit(bea, [{ do: 'design.set', description: 'other' }]);
    const replaced = await commit(ada, [{ do: 'text.edit', name: 'description', change: ['x'] }], { baseRev: 3 });
    expect(replaced).toMatchObject({ refusal: { code: 'REPLACED', since: { rev: 4, actor: 'Bea' } } });
  });

  it('[E17] names nobody when nobody did it', async () => {
    const refused = await commit(ada, [move('ghost', 5)], { baseRev: 1 });
    expect(refused).toMatchObject({ refusal: { code: 'UNKNOWN_NODE', message: 'there is no node ghost in this design' } });
    expect(refused.is === 'refused' && refused.refusal.since).toBeUndefined();
  });
});

describe('best effort', () => {
  it('[E17] leaves out what cannot be done, and says it again when asked again', async () => {
    const tx = txOf([move('ghost', 1), move('to', 2), label('gone', 'x')], { atomic: false });
    const done = await real.app.commitTx(ada, design.id, tx);
    expect(done).toMatchObject({
      is: 'committed',
      ack: {
        outcome: 'partial',
        edits: [move('to', 2)],
        left: [
          { number: 0, refusal: { code: 'UNKNOWN_NODE', pointer: '/id' } },
          { number: 2, refusal: { code: 'UNKNOWN_NODE' } },
        ],
      },
    });
    await commit(bea, [move('to', 3)]);
    const again = await real.app.commitTx(ada, design.id, tx);
    expect(again.is === 'committed' && again.ack).toEqual(done.is === 'committed' && done.ack);
    expect((await now()).canvas.positions['to']).toEqual({ x: 3, y: 0 });
  });

  it('[E17] with nothing left is refused with the first reason', async () => {
    const done = await commit(ada, [move('ghost', 1), label('gone', 'x')], { atomic: false });
    expect(done).toMatchObject({ is: 'refused', refusal: { code: 'UNKNOWN_NODE', pointer: '/0/id' } });
    expect((await now()).rev).toBe(1);
  });
});

describe('the policy', () => {
  it('[E18] is asked for each edit; what it forbids is not done', async () => {
    const strict = await realApp(undefined, undefined, ({ actor }, _id, edit) =>
      actor === 'Bea' && edit.do === 'node.delete'
        ? { code: 'FORBIDDEN', message: 'Bea may not delete', pointer: '' }
        : undefined,
    );
    const made = await strict.app.createDesign(ada, pipeline('Two'));
    const id = made.is === 'created' ? made.design.id : '';
    const commit = (caller: Caller, edits: readonly Edit[], more: Partial<Tx> = {}) =>
      strict.app.commitTx(caller, id, txOf(edits, more));
    const both = [move('to', 1), { do: 'node.delete', id: 'to' } as const];
    expect(await commit(bea, both)).toMatchObject({ is: 'refused', refusal: { code: 'FORBIDDEN', pointer: '/1' } });
    expect(await commit(bea, both, { atomic: false })).toMatchObject({
      is: 'committed',
      ack: { edits: [both[0]], left: [{ number: 1, refusal: { code: 'FORBIDDEN' } }] },
    });
    const { nodes: _, connections: __, ...rest } = pipeline('Two');
    const emptied = await strict.app.replaceDesign(
      bea,
      id,
      { ...rest, nodes: {}, connections: {}, canvas: { positions: {} } },
      {},
    );
    expect(emptied).toMatchObject({ is: 'refused', refusal: { code: 'FORBIDDEN' } });
    expect(await commit(ada, both)).toMatchObject({ is: 'committed' });
    await strict.close();
  });
});

describe('many at once', () => {
  it('[R10] share a transaction, are told once a group in the order of revisions, and each has its answer', async () => {
    const done = await Promise.all(Array.from({ length: 40 }, (_, n) => commit(ada, [label('to', `${n}`)])));
    expect(done.map((one) => one.is === 'committed' && one.ack.rev)).toEqual(done.map((_, n) => n + 2));
    const groups = told.flatMap((one) => (one.type === 'edits' ? [one] : []));
    expect(groups.length).toBeLessThan(10);
    expect(groups.flatMap(({ txs }) => txs.map(({ rev }) => rev))).toEqual(done.map((_, n) => n + 2));
    for (const { from, to, txs } of groups) expect([from, to]).toEqual([txs[0]?.rev, txs.at(-1)?.rev]);
    expect((await now()).nodes['to']?.label).toBe('39');
  });

  it('[R9] one that is refused or cannot be stored leaves the others as they are', async () => {
    const bad = [
      label('ghost', 'x'),
      { do: 'node.set', id: 'to', settings: { text: 'nul \u0000' } },
      { do: 'no.such' },
    ] as Edit[];
    const done = await Promise.all([move('to', 1), ...bad, move('to', 2)].map((edit) => commit(ada, [edit])));
    expect(done.map((one) => one.is)).toEqual(['committed', 'refused', 'refused', 'refused', 'committed']);
    expect(await now()).toMatchObject({ rev: 3, canvas: { positions: { to: { x: 2 } } } });
  });

  it('[R4] of the same transaction many times, one is done and all are answered alike', async () => {
    const tx = txOf([move('to', 7)]);
    const done = await Promise.all(Array.from({ length: 6 }, () => real.app.commitTx(ada, design.id, tx)));
    const [first, ...others] = done.map((one) => one.is === 'committed' && one.ack);
    for (const other of others) expect(other).toEqual(first);
    expect((await now()).rev).toBe(2);
    expect(told).toHaveLength(1);
  });

  it('a design that is not there is said to each', async () => {
    const asked = [1, 2, 3].map((x) => real.app.commitTx(ada, newUuid(), txOf([move('to', x)])));
    for (const one of await Promise.allSettled(asked))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'APP_DESIGN_UNKNOWN' } });
    await expect(real.app.editsSince(ada, newUuid(), 1)).rejects.toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
  });
});

describe('a kind that changes', () => {
  it('[E19] leaves in the log which connections went, so that it says the same under any catalogue', async () => {
    const done = await commit(ada, [{ do: 'node.kind', id: 'to', kind: 'test.count' }]);
    expect(done).toMatchObject({
      is: 'committed',
      ack: {
        edits: [
          { do: 'disconnect', id: 'wire' },
          { do: 'node.kind', id: 'to', kind: 'test.count' },
        ],
      },
    });
    const back = await commit(ada, done.is === 'committed' ? done.ack.inverse : []);
    expect(back).toMatchObject({ is: 'committed' });
    const { nodes, connections } = await now();
    expect({ nodes, connections }).toEqual({ nodes: design.nodes, connections: design.connections });
  });
});
