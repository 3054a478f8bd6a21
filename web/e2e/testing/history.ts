import type { RealServer } from '#api/http/testing/real-server.ts';
import { verifyLogs } from '#app/editing/verify-log.ts';
import { newUuid } from '#base/ids.ts';
import { randomFrom } from '#base/random.ts';
import type { Design } from '#model/design.ts';
import { sameJson } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import { changeBetween } from '#model/edits/text-change.ts';
import type { Snapshots } from '#store/designs/snapshots.ts';
import { faultsOf, Replica } from './replica.ts';

/**
 * Histories at random: three of the page's clients on real sockets and requests over HTTP between them, on a design with very few ids, with cuts,
 * frames said twice, frames of an earlier socket said again, pages loaded again, undo and redo.
 */

type Draw = <T>(some: readonly T[]) => T;
const ids = ['a', 'b', 'c'] as const;
const kinds = ['flow.buffer', 'flow.buffer', 'flow.merge', 'compute.discard', 'test.count'] as const;
const wires = ['v', 'w'] as const;
const groups = ['g', 'h'] as const;
const few = [0, 1, 2, 3, 4] as const;
/** What somebody may want, by what it is about; some of it fits, some does not. */
const wishes: Readonly<Record<string, (draw: Draw, shown: Design) => Edit[]>> = {
  add: (draw) => [{ do: 'node.add', node: { id: draw(ids), kind: draw(kinds) }, at: { x: draw(few), y: 0 } }],
  addMore: (draw) => [{ do: 'node.add', node: { id: draw(ids), kind: draw(kinds) } }],
  remove: (draw) => [{ do: 'node.delete', id: draw(ids) }],
  move: (draw) => ids.filter(() => draw([true, false])).map((id) => ({ do: 'node.move', id, at: { x: draw(few), y: 1 } })),
  resize: (draw) => [{ do: 'node.resize', id: draw(ids), size: { width: 100 + draw(few), height: 50 } }],
  set: (draw) => [{ do: 'node.set', id: draw(ids), label: `label ${draw(few)}`, onFailure: draw(['stop', 'skip']) }],
  kind: (draw) => [{ do: 'node.kind', id: draw(ids), kind: draw(kinds) }],
  wire: (draw) => [wire(draw)],
  wireAgain: (draw) => [wire(draw)],
  cut: (draw) => [{ do: 'disconnect', id: draw(wires) }],
  rewire: (draw) => [{ do: 'connection.rewire', id: draw(wires), to: { node: draw(ids), port: 'in' } }],
  capacity: (draw) => [{ do: 'connection.set', id: draw(wires), capacity: draw(few) }],
  rename: (draw) => [{ do: 'design.set', name: `Name ${draw(few)}` }],
  beginText: (draw) => [{ do: 'design.set', description: `begun anew ${draw(few)}` }],
  type: (draw, { description }) => typed(draw, description),
  typeOn: (draw, { description }) => typed(draw, description),
  group: (draw) => [{ do: 'group.add', group: { id: draw(groups), title: `${draw(few)}` } }],
  assign: (draw) => [{ do: 'group.assign', node: draw(ids), group: draw([...groups, null]) }],
  ungroup: (draw) => [{ do: 'group.delete', id: draw(groups) }],
  within: (draw) => [{ do: 'group.set', id: draw(groups), parent: draw([...groups, null]) }],
};

const wish = (draw: Draw, shown: Design): Edit[] => draw(Object.values(wishes))(draw, shown);

const wire = (draw: Draw): Edit => ({
  do: 'connect',
  connection: { id: draw(wires), from: { node: draw(ids), port: 'out' }, to: { node: draw(ids), port: 'in' } },
});

function typed(draw: Draw, text: string): Edit[] {
  const at = draw([0, 1, 2, 3, text.length]);
  const after = text.slice(0, at) + draw(['', 'x', 'yz', '\u{1F642}']) + text.slice(at + draw([0, 0, 1, 2]));
  const change = changeBetween(text, after.toWellFormed().replaceAll('\u{FFFD}', ''));
  return change.length === 0 ? [] : [{ do: 'text.edit', name: 'description', change }];
}

interface Played {
  readonly faults: readonly string[];
  readonly commits: number;
  readonly refused: number;
}

/** One history of so many steps; what was wrong with it, in words. */
export async function playHistory(
  server: RealServer,
  snapshots: Pick<Snapshots, 'next'>,
  seed: number,
  steps: number,
): Promise<Played> {
  const random = randomFrom(seed);
  const draw: Draw = (some) => some[Math.floor(random() * some.length)] as (typeof some)[number];
  const made = await server.app.createDesign({ actor: 'seed', via: 'test' }, { name: 'History' });
  if (made.is === 'refused') throw new Error(made.refusal.message);
  const url = `${server.origin.replace('http', 'ws')}/api/v1/live`;
  const { id } = made.design;
  const people = ['Ann', 'Bea', 'Cid'].map(
    (name) => new Replica(url, made.design, server.catalog, name, { twice: () => random() < 0.1 }),
  );
  const answered = { refused: new Set<string>(), done: new Set<string>() };
  try {
    await Promise.all(people.map((person) => person.connect()));
    for (let step = 0; step < steps; step++) await act(server, id, draw(people), draw, answered);
    return await atRest(server, snapshots, id, people, answered);
  } finally {
    for (const person of people) person.close();
  }
}

const acts = [
  'edit',
  'edit',
  'edit',
  'edit',
  'edit',
  'edit',
  'undo',
  'undo',
  'redo',
  'rest',
  'rest',
  'cut',
  'connect',
  'connect',
  'reload',
  'rest at',
  'wait',
] as const;

async function act(
  server: RealServer,
  id: string,
  person: Replica,
  draw: Draw,
  answered: { readonly refused: Set<string>; readonly done: Set<string> },
): Promise<void> {
  const { store } = person;
  switch (draw(acts)) {
    case 'edit': {
      const shown = store.state.get().shown;
      const edits = [...wish(draw, shown), ...(draw([0, 0, 1]) === 1 ? wish(draw, shown) : [])];
      // Of two changes of one text the second would be of the text after the first.
      const texts = edits.filter(({ do: does }) => does === 'text.edit').length;
      if (edits.length > 0 && texts < 2) store.commit('change', edits);
      return;
    }
    case 'undo':
      return void store.undo();
    case 'redo':
      return void store.redo();
    case 'cut':
      return person.cut();
    case 'connect':
      return await person.connect(draw([0, 0, 3]));
    case 'reload':
      person.reload();
      return await person.connect();
    case 'wait':
      return await new Promise((go) => setImmediate(go));
    case 'rest':
    case 'rest at':
      return await write(server, id, draw, answered);
  }
}

async function write(
  server: RealServer,
  id: string,
  draw: Draw,
  answered: { readonly refused: Set<string>; readonly done: Set<string> },
): Promise<void> {
  const { rev, ...shown } = await server.app.getDesign({ actor: 'curl', via: 'test' }, id);
  const edits = wish(draw, { rev, ...shown });
  if (edits.length === 0) return;
  const txId = newUuid();
  const body = { txId, edits, ...(draw([true, false]) && { baseRev: rev }), ...(draw([true, false]) && { atomic: false }) };
  const { status } = await server.call(`POST /api/v1/designs/${id}/edits`, body, { 'csp-actor': 'curl' });
  (status === 200 ? answered.done : answered.refused).add(txId);
}

/** Everybody comes back, all is sent; then all must be the same, and the log must lead there. */
export async function atRest(
  server: Pick<RealServer, 'app' | 'designs' | 'catalog'>,
  snapshots: Pick<Snapshots, 'next'>,
  id: string,
  people: readonly Replica[],
  answered: { readonly refused: ReadonlySet<string> } = { refused: new Set() },
): Promise<Played> {
  await Promise.all(people.map((person) => person.connect()));
  await Promise.all(people.map((person) => person.settled(0)));
  const design = await server.app.getDesign({ actor: 'end', via: 'test' }, id);
  await Promise.all(people.map((person) => person.settled(design.rev)));
  const faults = [...people.flatMap(({ wrong }) => wrong), ...faultsOf(design)];
  for (const { store } of people) {
    const { shown, confirmed } = store.state.get();
    for (const [what, seen] of [
      ['shown', shown],
      ['confirmed', confirmed],
    ] as const)
      if (!sameJson(bodyOf(seen), bodyOf(design)))
        faults.push(`${what}: ${JSON.stringify(bodyOf(seen))} is not ${JSON.stringify(bodyOf(design))}`);
  }
  const parts = { designs: server.designs, snapshots, catalog: server.catalog };
  for await (const verified of verifyLogs(parts, id)) faults.push(...verified.faults);
  const log = await server.designs.editsSince(id, 0);
  const logged = new Map<string, number>();
  for (const { txId } of log) logged.set(txId, (logged.get(txId) ?? 0) + 1);
  const refused = [...answered.refused, ...people.flatMap((person) => [...person.refused])];
  for (const txId of refused) {
    if (!logged.has(txId)) continue;
    const { actor, via, edits } = log.find((line) => line.txId === txId) ?? {};
    faults.push(`${txId} of ${actor} by ${via} was refused and is in the log: ${JSON.stringify(edits)}`);
  }
  for (const [txId, times] of logged) if (times > 1) faults.push(`${txId} is in the log ${times} times`);
  return { faults, commits: log.length - 1, refused: refused.length };
}

// The moment of the last change is said differently by who did it.
const bodyOf = ({ rev, name, description, nodes, connections, canvas }: Design) => ({
  rev,
  name,
  description,
  nodes,
  connections,
  canvas,
});
