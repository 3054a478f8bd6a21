import { recheckLeftOver, recheckMostHeld, recheckNothingLeft } from '#contract/certify/held.ts';
import { confirmed, workFor } from '#contract/check/confirmed.ts';
import type { Budget } from '#contract/check/engine.ts';
import type { StateGraph } from '#contract/check/full/graph.ts';
import type { Question } from '#contract/check/question.ts';
import { stepsOf } from '#contract/check/trace.ts';
import { wholeGraph } from '#contract/check/whole-graph.ts';
import { heldBy } from '#contract/link.ts';
import type { Network } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { Connection } from '#model/design.ts';
import { howMany } from '#model/how-many.ts';
import { greatestBytes } from '#model/schema-fit.ts';
import { type Holding, leftOver } from './left-over.ts';
import { listedWires } from './words.ts';

/** A connection that holds messages, and the part of the network that counts them. */
interface Store {
  readonly connection: Connection;
  readonly part: number;
}

/**
 * V62  Messages that are lost at the end: when every process has returned, a buffer still holds some, or did when its reader returned. They are discarded.
 */
export function orphans(question: Question, budget: Budget): readonly Finding[] {
  const stores = storesOf(question);
  if (stores.length === 0 || !mayEnd(question.counted)) return [];
  const whole = wholeGraph(question, budget);
  if (!whole.complete || whole.graph.cut) {
    const why = whole.complete ? 'a buffer can hold more messages than are counted' : whole.why;
    const message = 'not known whether messages can be left over when all have ended';
    const { states } = whole.complete ? whole.graph : whole;
    return [{ ...orphaned('unknown', 'info', message, []), states, tried: [`all states: ${why}`] }];
  }
  const [holders, work] = [holdersOf(question.counted, stores), workFor(budget)];
  const { left, way } = leftOver(question.counted, whole.graph, holders);
  if (left.length === 0) {
    const words = 'In each in which all processes have ended, every connection is empty, and was when its reader returned.';
    const certificate = ofAllStates(whole.graph, words);
    const finding = { ...orphaned('proved', 'info', 'no message is left over when all have ended', []), certificate };
    return [confirmed(finding, recheckNothingLeft(question.counted, holders, certificate, work))];
  }
  const message = `when all have ended, messages put into ${listedWires(question, left)} can be left over: they are lost`;
  const steps = stepsOf(question.counted, way);
  const trace = { steps, waiting: [], knot: { nodes: [], connections: left } };
  const finding = { ...orphaned('refuted', 'warning', message, left), trace };
  return [confirmed(finding, recheckLeftOver(question.counted, way, holders, work))];
}

function holdersOf({ parts, shapes, events }: Network, stores: readonly Store[]): Holding[] {
  const leaving = new Map(
    events.flatMap(({ is, connection = '' }, event) => (is === 'leaves' ? [[connection, event] as const] : [])),
  );
  return stores.map(({ connection, part }) => {
    const states = shapes[parts[part]?.shape ?? 0]?.final.length ?? 0;
    const messages = Int32Array.from({ length: states }, (_, state) => heldBy(connection.capacity, state));
    return { connection: connection.id, part, messages, leaves: leaving.get(connection.id) ?? -1 };
  });
}

function ofAllStates({ states, events }: StateGraph, words: string): Certificate {
  const looked = `Every one of the ${count(states)} reachable states was looked at.`;
  return { by: 'exhaustive', words: [looked, words], data: { states, transitions: events.length } };
}

function orphaned(verdict: Finding['verdict'], severity: Finding['severity'], message: string, connections: string[]): Finding {
  return { rule: 'orphans', verdict, severity, message, nodes: [], connections, engine: 'full' };
}

function mayEnd({ parts, shapes, processes }: Network): boolean {
  return parts.slice(0, processes).every(({ shape }) => shapes[shape]?.final.includes(1));
}

/**
 * V63  The most messages that connections hold at once, and the bytes these take as JSON where the schemas of their outputs bound them.
 *      Never more than the capacities together; with the graph of all states exactly the most there can be.
 */
export function memory(question: Question, budget: Budget): readonly Finding[] {
  const stores = storesOf(question);
  const capacities = stores.reduce((total, { connection }) => total + connection.capacity, 0);
  if (stores.length === 0) return [bounded('no connection holds a message', 'lint', [])];
  const whole = wholeGraph(question, budget);
  const exact = whole.complete && !whole.graph.cut;
  const most = exact ? mostHeld(question.counted, whole.graph, stores) : capacities;
  const unbounded = stores.filter((store) => bytesOf(question, store) === undefined).map(({ connection }) => connection.id);
  const bytes = stores.reduce((total, store) => total + store.connection.capacity * (bytesOf(question, store) ?? 0), 0);
  const size =
    unbounded.length > 0
      ? `; the schema of ${listedWires(question, unbounded)} does not bound a message`
      : `, ${count(bytes)} bytes`;
  const words = `connections hold at most ${howMany(most, 'message')} at once${size}`;
  const finding = bounded(words, exact ? 'full' : 'lint', unbounded);
  const looked = { states: exact ? whole.graph.states : 0, transitions: exact ? whole.graph.events.length : 0 };
  const claim = { most, by: exact ? 'states' : 'bound', ...looked } as const;
  return [confirmed(finding, recheckMostHeld(question.counted, holdersOf(question.counted, stores), claim, workFor(budget)))];
}

function bounded(message: string, engine: string, connections: string[]): Finding {
  return { rule: 'memory', verdict: 'proved', severity: 'info', message, nodes: [], connections, engine };
}

function mostHeld({ parts }: Network, graph: StateGraph, stores: readonly Store[]): number {
  const vector = new Int32Array(parts.length);
  let most = 0;
  for (let state = 0; state < graph.states; state++) {
    graph.vectorOf(state, vector);
    const held = stores.reduce((sum, { connection, part }) => sum + heldBy(connection.capacity, vector[part] ?? 0), 0);
    most = Math.max(most, held);
  }
  return most;
}

function bytesOf({ nodes }: Question, { connection: { from } }: Store): number | undefined {
  const port = nodes.find(({ id }) => id === from.node)?.ports[from.port];
  return greatestBytes(port?.schema);
}

function storesOf({ counted, design }: Question): Store[] {
  const links = new Map(counted.parts.map(({ name }, part) => [name, part] as const).slice(counted.processes));
  return Object.values(design.connections).flatMap((connection) => {
    const part = links.get(connection.id);
    return part === undefined || connection.capacity === 0 ? [] : [{ connection, part }];
  });
}

function count(number: number): string {
  return number.toLocaleString('en');
}
