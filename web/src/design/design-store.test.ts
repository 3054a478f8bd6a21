import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { applyAll } from '#model/apply.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edit.ts';
import { Refused, Unreachable } from '../client/problem.ts';
import { openDesign, type Surroundings } from './design-store.ts';

const port = { protocol: 'data', many: false, optional: false, description: '', schema: {} } as const;
const pipe: ComponentSpec = {
  kind: 'test.pipe',
  version: 1,
  title: 'Pipe',
  icon: 'pipe',
  summary: '',
  settings: Type.Object({ size: Type.Integer({ default: 1 }) }),
  ports: { in: { ...port, direction: 'in' }, out: { ...port, direction: 'out' } },
  contract: 'P = in -> out -> P',
  examples: [],
};
const kinds: Kinds = { get: (kind) => (kind === 'test.pipe' ? pipe : undefined) };
const empty: Design = {
  id: '0190a000-0000-7000-8000-000000000000',
  rev: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  name: 'Test',
  description: '',
  nodes: {},
  connections: {},
  canvas: { positions: {} },
};
const add = (id: string): Edit => ({ do: 'node.add', node: { id, kind: 'test.pipe' }, at: { x: 0, y: 0 } });

/** A server in a few lines: commits by the same pure function, remembers keys, and can go away. */
function server() {
  let design = empty;
  const log = new Map<number, readonly Edit[]>();
  const answers = new Map<string, { rev: number; edits: readonly Edit[]; inverse: readonly Edit[] }>();
  let away = false;
  let loseAnswers = false;
  const timers: (() => void)[] = [];
  const refusals: string[] = [];
  const commit = (edits: readonly Edit[]) => {
    const applied = applyAll(design, edits, kinds);
    if (!applied.ok) throw new Refused({ status: 422, title: 'no', detail: applied.refusal.message });
    design = { ...applied.design, rev: design.rev + 1 };
    log.set(design.rev, edits);
    return { rev: design.rev, edits, inverse: applied.inverse };
  };
  let ids = 0;
  const around: Surroundings = {
    kinds,
    async send(edits, key) {
      await Promise.resolve();
      if (away) throw new Unreachable();
      const answer = answers.get(key) ?? commit(edits);
      answers.set(key, answer);
      if (loseAnswers) throw new Unreachable();
      return answer;
    },
    fetch: async () => design,
    newId: () => `key-${++ids}`,
    later(call) {
      timers.push(call);
      return () => timers.splice(timers.indexOf(call), 1);
    },
    refused: (label, reason) => refusals.push(`${label}: ${reason}`),
  };
  return {
    around,
    commit,
    log,
    refusals,
    design: () => design,
    away: (is: boolean) => {
      away = is;
    },
    loseAnswers: (is: boolean) => {
      loseAnswers = is;
    },
    timers: () => {
      for (const call of timers.splice(0)) call();
    },
  };
}

const rest = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};
const names = (design: Design) => Object.keys(design.nodes).join(' ');

describe('a design edited on the page', () => {
  it('shows an edit at once and has it confirmed', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    expect(store.commit('add a', [add('a')])).toBeUndefined();
    expect(names(store.state.get().shown)).toBe('a');
    expect(names(store.state.get().confirmed)).toBe('');
    await rest();
    expect(store.state.get()).toMatchObject({ saving: 'saved', waiting: [], confirmed: { rev: 2 } });
    expect(names(there.design())).toBe('a');
  });

  it('says at once why an edit does not fit, and sends nothing', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    expect(store.commit('delete b', [{ do: 'node.delete', id: 'b' }])?.code).toBe('UNKNOWN_NODE');
    await rest();
    expect(there.design().rev).toBe(1);
    expect(store.state.get().undo).toEqual([]);
  });

  it('takes back what the server refuses, with its step, and keeps the rest', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    there.commit([add('a')]);
    store.commit('add a', [add('a')]);
    store.commit('add b', [add('b')]);
    await rest();
    expect(there.refusals).toEqual(['add a: the id a is already a node of this design']);
    expect(store.state.get().undo.map(({ label }) => label)).toEqual(['add b']);
    expect(names(store.state.get().shown)).toBe('a b');
  });

  it('undoes and redoes by name, without touching what others did since', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    store.commit('add a', [add('a')]);
    await rest();
    there.commit([add('theirs')]);
    store.receive(3, [add('theirs')]);
    expect(store.undo()).toBeUndefined();
    await rest();
    expect(names(there.design())).toBe('theirs');
    store.redo();
    await rest();
    expect(names(there.design())).toBe('theirs a');
    expect(store.state.get().undo.map(({ label }) => label)).toEqual(['add a']);
  });

  it('drops an undo that no longer fits and says why', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    store.commit('add a', [add('a')]);
    await rest();
    there.commit([{ do: 'node.delete', id: 'a' }]);
    store.receive(3, [{ do: 'node.delete', id: 'a' }]);
    expect(store.undo()?.code).toBe('UNKNOWN_NODE');
    expect(store.state.get().undo).toEqual([]);
  });
});

describe('edits of others', () => {
  it('arrive in any order, twice, and with a gap that is fetched', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    for (const id of ['a', 'b', 'c']) there.commit([add(id)]);
    store.receive(3, [add('b')]);
    store.receive(2, [add('a')]);
    store.receive(3, [add('b')]);
    expect(names(store.state.get().shown)).toBe('a b');
    there.commit([add('d')]);
    store.receive(5, [add('d')]);
    expect(store.state.get().confirmed.rev).toBe(3);
    there.timers();
    await rest();
    expect(names(store.state.get().shown)).toBe('a b c d');
  });

  it('meet our own on their way without anything shown twice', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    const seen = new Set<string>();
    store.state.subscribe(() => seen.add(names(store.state.get().shown)));
    store.commit('add a', [add('a')]);
    there.commit([add('x')]);
    store.receive(2, [add('x')]);
    store.receive(3, [add('a')]);
    await rest();
    expect(names(store.state.get().shown)).toBe('x a');
    expect([...seen].every((shown) => shown.includes('a'))).toBe(true);
    expect(store.state.get().confirmed.rev).toBe(3);
  });
});

describe('a server that goes away', () => {
  it('loses no edit, keeps their order, and is told once', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    there.away(true);
    store.commit('add a', [add('a')]);
    store.commit('add b', [add('b')]);
    await rest();
    expect(store.state.get()).toMatchObject({ saving: 'kept', waiting: [{ label: 'add a' }, { label: 'add b' }] });
    expect(names(store.state.get().shown)).toBe('a b');
    there.away(false);
    there.timers();
    await rest();
    expect(store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
    expect([...there.log.values()]).toEqual([[add('a')], [add('b')]]);
  });

  it('commits once what it committed without our hearing of it', async () => {
    const there = server();
    const store = openDesign(empty, there.around);
    there.loseAnswers(true);
    store.commit('add a', [add('a')]);
    await rest();
    expect(there.design().rev).toBe(2);
    there.loseAnswers(false);
    await store.refresh();
    await rest();
    there.timers();
    await rest();
    expect(store.state.get()).toMatchObject({ saving: 'saved', waiting: [], confirmed: { rev: 2 } });
    expect(there.refusals).toEqual([]);
  });

  it('finds what was kept over a reload of the page', async () => {
    const there = server();
    const store = openDesign(empty, there.around, {
      waiting: [{ id: 'kept', label: 'add a', edits: [add('a')] }],
      undo: [{ label: 'add a', forward: [add('a')], back: [{ do: 'node.delete', id: 'a' }] }],
      redo: [],
    });
    expect(names(store.state.get().shown)).toBe('a');
    await rest();
    expect(names(there.design())).toBe('a');
    store.undo();
    await rest();
    expect(names(there.design())).toBe('');
  });
});
