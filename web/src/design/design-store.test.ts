import { describe, expect, it } from 'vitest';
import type { LiveRequest } from '#model/live.ts';
import {
  add,
  connect,
  empty,
  names,
  type Person,
  remove,
  says,
  shown,
  size,
  sizeOf,
  takeAll,
  told,
  two,
  type,
} from './testing/sea.ts';

const txs = (frames: readonly LiveRequest[]) => frames.filter((frame) => frame.type === 'tx');

describe('a design edited on the page', () => {
  it('[E31] shows an edit at once and has it confirmed', () => {
    const { sea, ann } = two();
    expect(ann.store.commit('add a', [add('a')])).toBeUndefined();
    expect(names(shown(ann))).toBe('a');
    expect(ann.store.state.get()).toMatchObject({ saving: 'sending', confirmed: { rev: 1 } });
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], confirmed: { rev: 2 } });
    expect(names(sea.design)).toBe('a');
  });

  it('[E31] says at once why an edit does not fit, and sends nothing', () => {
    const { ann } = two();
    expect(ann.store.commit('delete b', [remove('b')])?.code).toBe('UNKNOWN_NODE');
    expect(ann.store.state.get()).toMatchObject({ waiting: [], undo: [] });
    expect(txs(ann.sent)).toEqual([]);
  });

  it('[E30] puts what others did before what waits here, and never shows anything twice', () => {
    const { sea, ann } = two();
    const seen = new Set<string>();
    ann.store.state.subscribe(() => seen.add(names(shown(ann))));
    ann.store.commit('add a', [add('a')]);
    sea.commit({ edits: [add('x')] }, 'Bea');
    sea.down(ann);
    expect(names(shown(ann))).toBe('a x');
    sea.flow();
    expect([...seen].every((names) => names.includes('a'))).toBe(true);
    expect(ann.store.state.get().confirmed.rev).toBe(3);
  });

  it('[E30] takes in what arrives in any order and twice', () => {
    const { sea, ann } = two();
    for (const id of ['a', 'b', 'c']) sea.commit({ edits: [add(id)] }, 'Bea');
    ann.in.reverse();
    ann.in.push(...ann.in);
    sea.down(ann);
    expect(names(shown(ann))).toBe('a b c');
    expect(ann.store.state.get().confirmed).toEqual(sea.design);
  });

  it('[E36] asks for a revision that does not come', () => {
    const { sea, ann } = two();
    for (const id of ['a', 'b', 'c']) sea.commit({ edits: [add(id)] }, 'Bea');
    ann.in.splice(1, 1);
    sea.down(ann);
    expect(names(shown(ann))).toBe('a');
    sea.pass(15_000);
    sea.flow();
    expect(names(shown(ann))).toBe('a b c');
  });

  it('[E30] carries texts and lists that wait over what others typed', () => {
    const { sea, ann, bea } = two(add('a'), type('a', 0, 'middle'));
    ann.store.commit('type', [type('a', 6, ' end')]);
    bea.store.commit('type', [type('a', 0, 'start ')]);
    sea.up(bea);
    sea.down(ann);
    expect(says(shown(ann))).toBe('start middle end');
    ann.store.commit('type more', [type('a', 12, '!')]);
    sea.flow();
    expect(says(sea.design)).toBe('start middle! end');
    expect(shown(ann)).toEqual(shown(bea));
  });

  it('[E30] sees what others typed from behind each of its own', () => {
    const { sea, ann, bea } = two(add('a'), type('a', 0, 'abcdefgh'));
    ann.store.commit('at the start', [type('a', 0, 'ZZ')]);
    ann.store.commit('behind e', [type('a', 7, '!')]);
    bea.store.commit('behind f', [type('a', 6, 'xxx')]);
    sea.up(bea);
    sea.down(ann);
    expect(says(shown(ann))).toBe('ZZabcde!fxxxgh');
    sea.flow();
    expect(says(sea.design)).toBe('ZZabcde!fxxxgh');
  });
});

describe('what is no longer possible', () => {
  it('[E32] is taken back with its step and its reason, and the rest stays', () => {
    const { sea, ann } = two();
    sea.commit({ edits: [add('a')], label: 'add Pipe' }, 'Bea');
    ann.store.commit('add a', [add('a')]);
    ann.store.commit('add b', [add('b')]);
    sea.flow();
    expect(told(ann)).toEqual(['Bea came first with “add Pipe”, so your “add a” is taken back.']);
    expect(ann.store.state.get().undo.map(({ label }) => label)).toEqual(['add b']);
    expect(names(shown(ann))).toBe('a b');
  });

  it('[E33] is offered again together with what it needs: the node, its wires and the edit', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), connect('ab', 'a', 'b'), type('a', 0, 'prompt'));
    bea.store.commit('delete a', [remove('a')]);
    sea.up(bea);
    ann.store.commit('type says of a', [type('a', 6, ' for Bea')]);
    sea.flow();
    const [news] = ann.news;
    expect(news).toMatchObject({ is: 'taken-back', notes: [{ offer: { word: 'Restore with my edit' } }] });
    expect(news?.text).toBe('Bea came first with “delete a”, so your “type says of a” is taken back.');
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], undo: [] });
    takeAll(ann);
    sea.flow();
    expect(says(sea.design)).toBe('prompt for Bea');
    expect(Object.keys(sea.design.connections)).toEqual(['ab']);
    expect(ann.store.state.get().undo).toHaveLength(1);
    expect(shown(bea)).toEqual(shown(ann));
  });

  it('[E32] is told by the name that what is gone had, also where who took it away said nothing', () => {
    const { sea, ann } = two(add('a'), { do: 'node.set', id: 'a', label: 'Waiter' });
    sea.commit({ edits: [remove('a')] }, 'CI bot');
    ann.store.commit('size', [size('a', 5)]);
    sea.flow();
    expect(told(ann)).toEqual(['CI bot came first with “delete Waiter”, so your “size” is taken back.']);
  });

  it('[E32] is known by whom also when the refusal comes first', () => {
    const { sea, ann, bea } = two(add('a'));
    bea.store.commit('delete a', [remove('a')]);
    sea.up(bea);
    ann.store.commit('size', [size('a', 5)]);
    sea.up(ann);
    ann.in.reverse();
    sea.down(ann);
    expect(told(ann)).toEqual(['Bea came first with “delete a”, so your “size” is taken back.']);
  });

  it('[E33] names who took the port, and offers nothing where nothing was deleted', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), add('c'));
    bea.store.commit('connect', [connect('bc', 'b', 'c')]);
    sea.up(bea);
    ann.store.commit('connect', [connect('ac', 'a', 'c')]);
    sea.flow();
    expect(told(ann)).toEqual(['Bea came first with “connect”, so your “connect” is taken back.']);
    expect(ann.news[0]?.notes[0]?.offer).toBeUndefined();
  });

  it('[E32] takes with it what was built on it, and nothing else', () => {
    const { sea, ann } = two();
    sea.commit({ edits: [add('a')] }, 'Bea');
    ann.store.commit('add a and b', [add('a'), add('b')]);
    ann.store.commit('add c', [add('c')]);
    ann.store.commit('connect', [connect('bc', 'b', 'c')]);
    sea.flow();
    expect(names(shown(ann))).toBe('a c');
    expect(told(ann)).toHaveLength(2);
    expect(ann.store.state.get().undo.map(({ label }) => label)).toEqual(['add c']);
    expect(shown(ann)).toEqual(sea.design);
  });

  it('[E32] is taken out of the places of what was typed after it', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), type('a', 0, 'abcd'));
    bea.store.commit('delete b', [remove('b')]);
    sea.up(bea);
    ann.store.commit('both', [type('a', 0, 'XX'), size('b', 2)]);
    ann.store.commit('behind b', [type('a', 4, '!')]);
    expect(says(shown(ann))).toBe('XXab!cd');
    sea.flow();
    expect(says(sea.design)).toBe('ab!cd');
    expect(told(ann)).toHaveLength(1);
  });

  it('[E32] never locks saving: what comes after a refusal is saved', () => {
    const { sea, ann, bea } = two(add('a'));
    bea.store.commit('delete a', [remove('a')]);
    sea.up(bea);
    for (let round = 1; round <= 100; round++) ann.store.commit(`size ${round}`, [size('a', round)]);
    ann.store.commit('add b', [add('b')]);
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
    expect(names(sea.design)).toBe('b');
  });

  it('[E32] deletes what somebody else has deleted too without a word', () => {
    const { sea, ann, bea } = two(add('a'), add('b'));
    bea.store.commit('delete a', [remove('a')]);
    ann.cut();
    ann.store.commit('delete a', [remove('a')]);
    sea.flow();
    ann.connect();
    sea.flow();
    expect(told(ann)).toEqual([]);
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], undo: [] });
  });

  it('[E38] tells both when two set the same within seconds, and lets each set theirs again', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.store.commit('size', [size('a', 5)]);
    sea.flow();
    bea.store.commit('size', [size('a', 20)]);
    sea.flow();
    expect(ann.news).toMatchObject([
      { is: 'overtaken', text: 'Bea changed size of Pipe to 20.', notes: [{ offer: { word: 'Undo' } }] },
    ]);
    takeAll(ann);
    sea.flow();
    expect(sizeOf(sea.design)).toBe(5);
    expect(bea.news).toMatchObject([{ is: 'overtaken', text: 'Ann changed size of Pipe to 5.' }]);
    sea.pass(60_000);
    bea.store.commit('size', [size('a', 7)]);
    sea.flow();
    expect(ann.news).toHaveLength(1);
  });

  it('[E38] does not hide either that the own value has overtaken another', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.store.commit('size', [size('a', 5)]);
    bea.store.commit('size', [size('a', 20)]);
    sea.up(bea);
    sea.flow();
    expect(sizeOf(sea.design)).toBe(5);
    expect(ann.news).toMatchObject([{ is: 'stands', text: 'Bea set size of Pipe to 20 just before; yours, 5, stands.' }]);
    expect(bea.news).toMatchObject([{ is: 'overtaken', text: 'Ann changed size of Pipe to 5.' }]);
  });
});

describe('what is sent', () => {
  it('[E35] goes in order, without waiting for answers, each under its own id', () => {
    const { sea, ann } = two();
    ann.store.commit('add a', [add('a')]);
    ann.store.commit('add b', [add('b')]);
    ann.store.commit('connect', [connect('ab', 'a', 'b')]);
    expect(ann.out.map((frame) => frame.type)).toEqual(['tx', 'tx', 'tx']);
    expect(new Set(txs(ann.out).map(({ txId }) => txId)).size).toBe(3);
    sea.flow();
    expect(Object.keys(sea.design.connections)).toEqual(['ab']);
  });

  it('[E35] of what is typed waits its turn and is composed meanwhile', () => {
    const { sea, ann } = two(add('a'));
    for (const [at, letter] of [...'hello'].entries()) ann.store.commit('type says of a', [type('a', at, letter)]);
    expect(txs(ann.out)).toHaveLength(1);
    expect(ann.store.state.get().waiting).toHaveLength(2);
    expect(says(shown(ann))).toBe('hello');
    sea.flow();
    expect(txs(ann.sent).map(({ edits }) => edits)).toEqual([[type('a', 0, 'h')], [type('a', 1, 'ello')]]);
    expect(says(sea.design)).toBe('hello');
    ann.store.undo();
    sea.flow();
    expect(says(sea.design)).toBe('h');
  });

  it('[E35] names the revision it was made on only where nothing of the same person is between', () => {
    const { sea, ann } = two(add('a'));
    ann.store.commit('size', [size('a', 2)]);
    ann.store.commit('add b', [add('b')]);
    ann.store.commit('type', [type('a', 0, 'x')]);
    expect(txs(ann.out).map(({ baseRev }) => baseRev)).toEqual([2, undefined]);
    sea.flow();
    expect(txs(ann.sent).at(-1)).toMatchObject({ baseRev: 4 });
  });

  it('[E36] is sent again the same after a loss, and done once', () => {
    const { sea, ann } = two();
    ann.store.commit('add a', [add('a')]);
    sea.up(ann);
    ann.cut();
    expect(ann.store.state.get()).toMatchObject({ saving: 'kept', waiting: [{ label: 'add a' }] });
    ann.store.commit('add b', [add('b')]);
    ann.connect();
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], confirmed: { rev: 3 } });
    expect(told(ann)).toEqual([]);
  });

  it('[E36] comes through when the whole design is sent instead of what was missed', () => {
    const { sea, ann, bea } = two(add('a'), type('a', 0, 'text'));
    sea.longestTail = 2;
    ann.store.commit('type', [type('a', 4, ' mine')]);
    sea.up(ann);
    ann.cut();
    ann.store.commit('add b', [add('b')]);
    for (let round = 0; round < 5; round++) bea.store.commit(`add ${round}`, [add(`x${round}`)]);
    sea.flow();
    ann.connect();
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
    expect(says(sea.design)).toBe('text mine');
    expect(shown(ann)).toEqual(sea.design);
    ann.store.undo();
    ann.store.undo();
    sea.flow();
    expect(says(sea.design)).toBe('text');
  });

  it('[E36] is asked about when no answer comes', () => {
    const { sea, ann } = two();
    ann.store.commit('add a', [add('a')]);
    ann.out.length = 0;
    sea.flow();
    expect(ann.store.state.get().saving).toBe('sending');
    sea.pass(15_000);
    expect(ann.store.state.get().saving).toBe('kept');
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
  });

  it('[E36] takes the design as the server has it, should that be an older one', () => {
    const { sea, ann } = two();
    const late = sea.join('Cid', { confirmed: { ...empty, rev: 99, name: 'From a server that has lost this' } });
    sea.flow();
    expect(late.store.state.get().confirmed).toEqual(sea.design);
    expect(shown(ann)).toEqual(sea.design);
  });
});

describe('a transaction that is too large for a frame', () => {
  const large = (id: string) => [add(id), type(id, 0, 'x'.repeat(600_000))];

  it('[E35] goes another way, and what follows it in its turn', async () => {
    const { sea, ann, bea } = two();
    ann.store.commit('add a', large('a'));
    ann.store.commit('add b', [add('b')]);
    expect(txs(ann.out)).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
    expect(names(shown(bea))).toBe('a b');
  });

  it('[E32] and is refused there is taken back, with the reason', async () => {
    const { sea, ann } = two();
    sea.commit({ edits: [add('a')] }, 'Bea');
    ann.store.commit('add a', large('a'));
    await Promise.resolve();
    await Promise.resolve();
    sea.flow();
    expect(told(ann)).toHaveLength(1);
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
  });
});

describe('a server that says it cannot', () => {
  const problem = (ann: Person, txId: string | undefined, code: string) =>
    ann.store.heard({ type: 'problem', code, detail: 'It cannot.', designId: empty.id, ...(txId !== undefined && { txId }) });
  const resync = (ann: Person) => ann.store.heard({ type: 'resync', designId: empty.id, why: 'Say hello again.' });

  it('[E36] now is asked again, ever later, and nothing is given up', () => {
    const { sea, ann } = two();
    ann.store.commit('add a', [add('a')]);
    for (let round = 0; round < 5; round++) {
      const { txId = '' } = txs(ann.out).at(-1) ?? {};
      ann.out.length = 0;
      problem(ann, txId, 'STORE_UNAVAILABLE');
      resync(ann);
      sea.pass(5_000);
      expect(ann.out.map((frame) => frame.type)).toEqual(['hello']);
      for (const frame of ann.out) if (frame.type === 'hello') sea.up(ann);
      sea.down(ann);
    }
    expect(ann.store.state.get().waiting).toHaveLength(1);
    sea.flow();
    expect(names(sea.design)).toBe('a');
    expect(told(ann)).toEqual([]);
  });

  it('[E32] ever, of one transaction, takes that one back and saves the others', () => {
    const { sea, ann } = two();
    ann.store.commit('add a', [add('a')]);
    const { txId = '' } = txs(ann.out)[0] ?? {};
    ann.out.length = 0;
    ann.store.commit('add b', [add('b')]);
    problem(ann, txId, 'LIVE_MALFORMED');
    sea.pass(1_100);
    sea.flow();
    expect(told(ann)).toEqual(['Taken back: add a. It cannot.']);
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
    expect(names(sea.design)).toBe('b');
  });
});
