import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { replay } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import { add, connect, empty, kinds, type Person, remove, Sea, size, takeAll } from './testing/sea.ts';

const ids = ['a', 'b', 'c'] as const;
const id = fc.constantFrom(...ids);

/** What somebody may want; a text is changed at a part of its length, whatever that is. */
type Wish = Edit | { readonly typeIn: string; readonly at: number; readonly put: string; readonly out: number };

const wish: fc.Arbitrary<Wish> = fc.oneof(
  id.map(add),
  id.map(remove),
  fc.tuple(id, fc.integer({ min: 1, max: 9 })).map(([node, to]) => size(node, to)),
  fc.tuple(id, id).map(([from, to]) => connect(`${from}${to}`, from, to)),
  fc.tuple(id, id).map(([from, to]): Edit => ({ do: 'disconnect', id: `${from}${to}` })),
  fc.tuple(id, fc.integer({ min: 0, max: 9 })).map(([node, x]): Edit => ({ do: 'node.move', id: node, at: { x, y: 0 } })),
  fc.record({
    typeIn: id,
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    put: fc.constantFrom('', 'x', 'yz', '🙂'),
    out: fc.nat(2),
  }),
);

/** `behind`: how many revisions a request is behind; none names no revision. */
interface Rest {
  readonly act: 'rest';
  readonly wish: Wish[];
  readonly behind: number;
  readonly atomic: boolean;
}
type Act = { who: number; act: 'commit'; wish: Wish[] } | { who: number; act: (typeof acts)[number] } | Rest;
const acts = ['undo', 'redo', 'up', 'down', 'up', 'down', 'cut', 'connect', 'reload', 'blink', 'wait', 'take'] as const;
const wishes = fc.array(wish, { minLength: 1, maxLength: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ who: fc.nat(2), act: fc.constant('commit' as const), wish: wishes }) },
  { weight: 5, arbitrary: fc.record({ who: fc.nat(2), act: fc.constantFrom(...acts) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('rest' as const), wish: wishes, behind: fc.nat(3), atomic: fc.boolean() }),
  },
);

function editsOf(wishes: readonly Wish[], shown: Design): Edit[] {
  return wishes.flatMap((wish) => {
    if (!('typeIn' in wish)) return [wish];
    const text = [...String(shown.nodes[wish.typeIn]?.settings['says'] ?? '')];
    const at = Math.floor(wish.at * text.length);
    const out = text.slice(at, at + wish.out).join('');
    const change = [...(at > 0 ? [at] : []), ...(wish.put === '' ? [] : [wish.put]), ...(out === '' ? [] : [{ d: out }])];
    return change.length === 0 ? [] : [{ do: 'text.edit', node: wish.typeIn, name: 'says', change }];
  });
}

function dangling({ nodes, connections }: Design): string[] {
  return Object.values(connections)
    .filter(({ from, to }) => !Object.hasOwn(nodes, from.node) || !Object.hasOwn(nodes, to.node))
    .map(({ id }) => id);
}

/** Typing is of one text at a time: places within are those of the text as it is shown. */
function wanted(wish: readonly Wish[], shown: Design): Edit[] {
  const typing = wish.find((one) => 'typeIn' in one);
  return editsOf(typing === undefined ? wish : [typing], shown);
}

function write(sea: Sea, { wish, behind, atomic }: Rest): void {
  const edits = wanted(wish, sea.design);
  const base = behind === 0 ? {} : { baseRev: Math.max(1, sea.design.rev - behind) };
  if (edits.length > 0) sea.commit({ edits, atomic, ...base }, 'curl');
}

function play(sea: Sea, people: readonly Person[], step: Act): void {
  if (step.act === 'rest') {
    write(sea, step);
    return;
  }
  const person = people[step.who];
  if (person === undefined) return;
  const { store } = person;
  if (step.act === 'commit') {
    const edits = wanted(step.wish, store.state.get().shown);
    if (edits.length > 0) store.commit('change', edits);
  } else if (step.act === 'up') sea.up(person);
  else if (step.act === 'down') sea.down(person);
  else if (step.act === 'blink') sea.pass(500);
  else if (step.act === 'wait') sea.pass(15_000);
  else if (step.act === 'undo' || step.act === 'redo') store[step.act]();
  else if (step.act === 'take') takeAll(person);
  else person[step.act]();
}

/** As the design is, whatever revision and moment. */
const body = ({ rev: _rev, updatedAt: _at, ...rest }: Design) => rest;

describe('three people, and requests between', () => {
  it('[E30] [E31] [E34] [E36] [E48] [E51] see the same in the end, nothing dangles, nothing waits, whatever was cut, loaded again, undone or restored', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 5, maxLength: 60 }), fc.constantFrom(2, 1_000), (steps, longestTail) => {
        const sea = new Sea();
        sea.longestTail = longestTail;
        const people = ['Ann', 'Bea', 'Cid'].map((name) => sea.join(name));
        for (const step of steps) {
          play(sea, people, step);
          for (const { store } of people) expect(dangling(store.state.get().shown)).toEqual([]);
        }
        for (const person of people) {
          person.cut();
          person.connect();
        }
        for (let round = 0; round < 3; round++) {
          sea.flow();
          sea.pass(15_000);
        }
        sea.flow();
        const replayed = replay(
          empty,
          sea.log.flatMap(({ edits }) => edits),
          kinds,
        );
        expect(replayed).toMatchObject({ ok: true });
        expect(replayed.ok && body(replayed.design)).toEqual(body(sea.design));
        expect(new Set(sea.log.map(({ txId }) => txId)).size).toBe(sea.log.length);
        for (const { store } of people) {
          const { shown, confirmed, waiting, saving } = store.state.get();
          expect({ saving, waiting }).toEqual({ saving: 'saved', waiting: [] });
          expect({ ...body(confirmed), rev: confirmed.rev }).toEqual({ ...body(sea.design), rev: sea.design.rev });
          expect(shown).toEqual(confirmed);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('[E34] undo of all and redo of all of one who is alone is nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(wish, { minLength: 1, maxLength: 2 }), { maxLength: 12 }),
        fc.boolean(),
        (gestures, online) => {
          const sea = new Sea();
          const ann = sea.join('Ann');
          if (!online) ann.cut();
          for (const wishes of gestures) {
            play(sea, [ann], { who: 0, act: 'commit', wish: wishes });
            if (online) sea.flow();
          }
          const before = ann.store.state.get().shown;
          const count = ann.store.state.get().undo.length;
          for (let round = 0; round < count; round++) ann.store.undo();
          expect(body(ann.store.state.get().shown)).toEqual(
            body({ ...sea.design, nodes: {}, connections: {}, canvas: { positions: {} } }),
          );
          for (let round = 0; round < count; round++) ann.store.redo();
          expect(body(ann.store.state.get().shown)).toEqual(body(before));
          if (!online) ann.connect();
          sea.flow();
          expect(body(sea.design)).toEqual(body(before));
        },
      ),
      { numRuns: 200 },
    );
  });
});
