import { Composing, type Environment, type ReadyNode } from '#contract/compose.ts';
import { smallBuffer } from '#contract/link.ts';
import type { Network } from '#contract/network.ts';
import type { WiredNode } from '#contract/wiring.ts';
import type { Finding } from '#model/checks/finding.ts';
import { type Connection, type DesignBody, type End, endText } from '#model/design.ts';
import type { Budget } from './engine.ts';

/** What is asked about a design whose every contract is known: plain data that can be posted to a thread. */
export interface Question {
  readonly design: DesignBody;
  readonly nodes: readonly ReadyNode[];
  readonly counted: Network;
  /** With large buffers, the same design with less to remember; only a proof of it says something (K9). */
  readonly rough?: Network;
  /** Why an answer would not be exact. */
  readonly doubt?: string;
  /** Mandatory ports that nothing is connected to: taken as always ready. */
  readonly open: number;
  /** What is behind these (V66). */
  readonly environment: Environment;
  /** Nodes that are marked as progress (V55); one that was expanded stands for all within. */
  readonly progress?: readonly string[];
  /** A buffer that holds a message from the start, where there is such a kind: it can set a loop going. */
  readonly starter?: ReadyNode;
  /** A choice in the place of each zip, by the id they have in common: it can undo a wait for one of each. */
  readonly choices?: readonly ReadyNode[];
}

/** A connection in words: `plato.left → fork-1.user[0]`. */
export function wireText(question: Question, { from, to }: Connection): string {
  return `${endOf(question, from)} → ${endOf(question, to)}`;
}

/** An end in words. */
export function endOf({ nodes }: Question, end: End): string {
  return endText(end, nodes.find(({ id }) => id === end.node)?.ports[end.port]?.many === true);
}

/** V3  Answers one question besides deadlock, within its budget; no finding when there is nothing to be said. */
export type Asker = (question: Question, budget: Budget) => readonly Finding[];

/** V19  Where the networks of a design are made, with what is known of the one before. */
export interface Composers {
  readonly counted: Composing;
  readonly rough: Composing;
}

export function composersFor(environment: Environment): Composers {
  return { counted: new Composing(false, environment), rough: new Composing(true, environment) };
}

/** K6 to K13, V66  The question about a design: its networks, and what of it a search must not be asked. */
export function questionOf(
  design: DesignBody,
  nodes: readonly ReadyNode[],
  open: number,
  environment: Environment = 'ready',
  composers: Composers = composersFor(environment),
): Question {
  const connections = Object.values(design.connections);
  const doubt = doubtOf(nodes, connections);
  const big = connections.some(({ capacity }) => capacity > smallBuffer);
  return {
    design,
    nodes,
    counted: composers.counted.compose(nodes),
    ...(big && { rough: composers.rough.compose(nodes) }),
    ...(doubt !== undefined && { doubt }),
    open,
    environment,
  };
}

// Among what a search must not be asked is a node that could hand a message to itself: whether its two halves run at once is not in its transition system.
function doubtOf(nodes: readonly WiredNode[], connections: readonly Connection[]): string | undefined {
  const attached = new Map<string, number>();
  for (const { ends } of nodes)
    for (const { connection } of ends.values())
      if (connection) attached.set(connection.id, (attached.get(connection.id) ?? 0) + 1);
  const loose = connections.find(({ id }) => attached.get(id) !== 2);
  if (loose !== undefined) return `${loose.id} does not join two ports that are there for it alone`;
  for (const connection of connections) {
    const { id, from, to } = connection;
    const node = from.node === to.node ? nodes.find((one) => one.id === from.node) : undefined;
    const call = node?.ports[from.port]?.protocol === 'call';
    if (node === undefined || (connection.capacity > 0 && !call)) continue;
    if ((call ? ['.ask', '.reply'] : ['']).some((word) => mayMeetItself(node, connection, word)))
      return `${id} joins ${from.node} with itself${call ? '' : ' and holds no message: give it a capacity'}`;
  }
  return undefined;
}

function mayMeetItself({ contract, ports }: WiredNode, { from, to }: Connection, word: string): boolean {
  if (!contract.ok) return false;
  const { moves, labels } = contract.lts;
  const [out, into] = [from, to].map((end) =>
    labels.indexOf((ports[end.port]?.many ? `${end.port}.${end.index}` : end.port) + word),
  );
  return moves.some((list) => list.some(({ label }) => label === out) && list.some(({ label }) => label === into));
}
