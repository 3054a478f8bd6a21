import { describe, expect, it } from 'vitest';
import type { LiveRequest } from '#model/live.ts';
import type { Peer } from '#model/presence.ts';
import { createPeople } from './people.ts';
import { initials } from './person-colour.ts';

const designId = '0190a000-0000-7000-8000-000000000000';
const peer = (id: string, name: string, colour = 1): Peer => ({ id, name, colour });

function open() {
  const sent: LiveRequest[] = [];
  const said: string[] = [];
  const timers: (() => void)[] = [];
  const people = createPeople({
    designId,
    send: (frame) => sent.push(frame) > 0,
    later(call) {
      timers.push(call);
      return () => {};
    },
    said: (from, text) => said.push(`${from.name}: ${text}`),
  });
  people.heard({
    type: 'welcome',
    designId,
    rev: 1,
    you: peer('me', 'Ann'),
    peers: [{ ...peer('b', 'Bea'), doing: { cursor: { x: 1, y: 2 } } }],
  });
  const tick = () => {
    for (const call of timers.splice(0)) call();
  };
  return { people, sent, said, tick };
}

describe('[W33] the others who have a design open', () => {
  it('are those who came and have not left, under their last name', () => {
    const { people } = open();
    const names = () => people.others.get().map(({ name }) => name);
    people.heard({ type: 'peer.came', designId, peer: peer('c', 'Cid') });
    people.heard({ type: 'peer.came', designId, peer: peer('me', 'Ann') });
    expect(names()).toEqual(['Bea', 'Cid']);
    people.heard({ type: 'peer.came', designId, peer: peer('b', 'Beatrice') });
    people.followed.set('c');
    people.heard({ type: 'peer.left', designId, peer: 'c' });
    expect([names(), people.followed.get()]).toEqual([['Beatrice'], null]);
    people.lost();
    expect(names()).toEqual([]);
  });

  it('do what they did last; what is left out stays, null is no longer', () => {
    const { people } = open();
    people.heard({
      type: 'presence',
      designId,
      doings: { b: { selection: { nodes: ['a'], connections: [] } }, me: { cursor: null } },
    });
    expect(people.doing('b')).toEqual({ cursor: { x: 1, y: 2 }, selection: { nodes: ['a'], connections: [] } });
    people.heard({ type: 'presence', designId, doings: { b: { cursor: null } } });
    expect(people.doing('b').cursor).toBeNull();
    expect(people.doing('me')).toEqual({});
  });

  it('are named at the field they type in; moving cursors draw nothing anew', () => {
    const { people } = open();
    people.heard({ type: 'presence', designId, doings: { b: { field: { node: 'a', name: 'says' } } } });
    const fields = people.fields.get();
    expect(fields).toEqual([{ peer: peer('b', 'Bea'), field: { node: 'a', name: 'says' } }]);
    people.heard({ type: 'presence', designId, doings: { b: { cursor: { x: 5, y: 5 }, field: { node: 'a', name: 'says' } } } });
    expect(people.fields.get()).toBe(fields);
    people.heard({ type: 'presence', designId, doings: { b: { field: null } } });
    expect(people.fields.get()).toEqual([]);
  });

  it('say something to this person', () => {
    const { people, said } = open();
    people.heard({ type: 'said', designId, from: peer('b', 'Bea'), text: 'Hello', at: '' });
    expect(said).toEqual(['Bea: Hello']);
  });
});

describe('[W33] what this person does', () => {
  it('is told at most every 50 ms, the last of it always, and all of it anew to a new server', () => {
    const { people, sent, tick } = open();
    for (const x of [1, 2, 3]) people.does({ cursor: { x, y: 0 } });
    expect(sent).toEqual([{ type: 'presence', designId, cursor: { x: 1, y: 0 } }]);
    people.does({ field: { node: 'a', name: 'says' } });
    tick();
    expect(sent.at(-1)).toEqual({ type: 'presence', designId, cursor: { x: 3, y: 0 }, field: { node: 'a', name: 'says' } });
    tick();
    tick();
    expect(sent).toHaveLength(2);
    people.heard({ type: 'welcome', designId, rev: 1, you: peer('me', 'Ann'), peers: [] });
    expect(sent.at(-1)).toEqual(sent.at(1));
  });
});

describe('a name', () => {
  it('is shortened to two letters', () => {
    expect(['Ann Bell', 'Guest 7', 'bea', 'Ann van der Meer', '🙂 x', ''].map(initials)).toEqual([
      'AB',
      'G7',
      'B',
      'AM',
      '🙂X',
      '',
    ]);
  });
});
