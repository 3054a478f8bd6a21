import type { Question } from '#contract/check/question.ts';
import { isReady, type ReadyNode } from '#contract/compose.ts';
import { type Lookup, wire } from '#contract/wiring.ts';
import { type Connection, type DesignBody, type End, type Node, rankOf } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { type Candidate, isOwn, joinedBy, mayCarry } from './changed.ts';

/** The ports of a zip by those a choice has for the same. */
const portFor: Readonly<Record<string, string>> = { tuple: 'out' };

/** For each zip of a design, a choice in its place and as its connections would be: what the repair needs of the kind. */
export function choicesFor(design: DesignBody, lookup: Lookup): readonly ReadyNode[] {
  const zips = Object.values(design.nodes).filter(({ id, kind }) => kind === 'flow.zip' && isOwn(id));
  if (zips.length === 0) return [];
  const nodes = Object.fromEntries(zips.map((node) => [node.id, choiceFor(node)]));
  const connections = Object.values(design.connections).map((one) => zips.reduce((moved, { id }) => movedTo(moved, id), one));
  const drawn = { ...design, nodes, connections: Object.fromEntries(connections.map((one) => [one.id, one])) };
  return wire(drawn, lookup).filter(isReady);
}

/**
 * V138  A choice in the place of a zip: who has something is served, and nobody waits for one of each. Connections go to the ports that
 *       mean the same; label, time limit and what the runtime is told of the node stay. Not where a connection of it leads into a nested design.
 */
export function* choiceForZip(question: Question, id: string): Generator<Candidate> {
  const { design, nodes, choices = [] } = question;
  const choice = choices.find((one) => one.id === id);
  const node = design.nodes[id];
  if (choice === undefined || node === undefined) return;
  const all = Object.values(design.connections);
  const own = all.filter(({ from, to }) => from.node === id || to.node === id);
  const moved = new Map(own.map((one) => [one.id, movedTo(one, id)]));
  const replaced = nodes.map((one) => (one.id === id ? choice : one));
  if (![...moved.values()].every((one) => isOwn(one.from.node) && isOwn(one.to.node) && mayCarry(replaced, one))) return;
  const { kind, settings, label, onFailure } = choiceFor(node);
  const at = design.canvas.positions[id];
  const add: Edit = {
    do: 'node.add',
    node: { id, kind, settings, label, onFailure, ...rankOf(node) },
    ...(at !== undefined && { at }),
  };
  yield {
    sort: 'choice',
    says: `put a choice in the place of ${id}, to send each message on by itself instead of waiting for one of each input`,
    edits: [{ do: 'node.delete', id }, add, ...[...moved.values()].map((connection): Edit => ({ do: 'connect', connection }))],
    changes: 3,
    touches: [`kind of ${id}`],
    changed: () =>
      joinedBy(
        { design, nodes: replaced },
        all.map((one) => moved.get(one.id) ?? one),
      ),
  };
}

function choiceFor({ settings: { timeoutMs }, ...zip }: Node): Node {
  return { ...zip, kind: 'flow.choice', version: 1, settings: timeoutMs === undefined ? {} : { timeoutMs } };
}

function movedTo({ from, to, ...connection }: Connection, zip: string): Connection {
  const end = (one: End): End => (one.node === zip ? { ...one, port: portFor[one.port] ?? one.port } : one);
  return { ...connection, from: end(from), to: end(to) };
}
