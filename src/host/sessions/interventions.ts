import { CodedError, defineError, messageOf } from '#base/errors.ts';
import { expression } from '#kit/expression.ts';
import type { BreakpointWish, Intervention, Stepped } from '#model/sessions/intervention.ts';
import type { PausedAt } from '#model/sessions/session.ts';
import type { BreakpointHit, BreakpointPlan } from '#runtime/holding/breakpoints.ts';
import type { Network } from '#runtime/network.ts';
import { sampleOf } from './sampling.ts';

export const connectionUnknown = defineError('HOST_CONNECTION_UNKNOWN', 'input', 'The session has no such connection.');
const nodeUnknown = defineError('HOST_NODE_UNKNOWN', 'input', 'The session has no such node.');
const stepNodeUnknown = defineError('HOST_STEP_NODE_UNKNOWN', 'input', 'The session has no such node to step.');
const breakpointUnplaced = defineError(
  'HOST_BREAKPOINT_UNPLACED',
  'input',
  'A breakpoint is wanted on a connection that the design has not.',
);
const notPaused = defineError('HOST_SESSION_NOT_PAUSED', 'input', 'Only a paused session can be stepped. Pause it first.');
const conditionInvalid = defineError(
  'HOST_CONDITION_INVALID',
  'input',
  'The condition of a breakpoint is not a valid expression.',
);

/**
 * Does to a part of a network what a person wants. Only a step takes time, and tells what it did.
 *
 * @throws HOST_NODE_UNKNOWN, HOST_STEP_NODE_UNKNOWN, HOST_CONNECTION_UNKNOWN, HOST_SESSION_NOT_PAUSED, HOST_CONDITION_INVALID (`/condition`, with the character).
 */
export async function intervene(network: Network, what: Intervention): Promise<Stepped | undefined> {
  refuseUnknown(network, what);
  switch (what.do) {
    case 'node.pause':
      for (const node of nodesOf(network, what.node)) network.interventions.holdNode(node);
      return undefined;
    case 'node.resume':
      for (const node of nodesOf(network, what.node)) network.interventions.releaseNode(node);
      return undefined;
    case 'connection.pause':
      network.interventions.holdConnection(what.connection);
      return undefined;
    case 'connection.resume':
      network.interventions.releaseConnection(what.connection);
      return undefined;
    case 'breakpoint.set':
      network.interventions.setBreakpoint(what.connection, breakpointOf(what));
      return undefined;
    case 'breakpoint.clear':
      network.interventions.clearBreakpoint(what.connection);
      return undefined;
    case 'step':
      return await step(network, what.node);
  }
}

/**
 * Sets breakpoints by the ids of their connections (S43).
 *
 * @throws HOST_BREAKPOINT_UNPLACED, HOST_CONDITION_INVALID; the pointer is into a body that has them as `/breakpoints`.
 */
export function setBreakpoints(network: Network, wishes: Readonly<Record<string, BreakpointWish>> = {}): void {
  for (const [connection, wish] of Object.entries(wishes)) {
    const pointer = `/breakpoints/${connection}`;
    if (!isConnection(network, connection)) throw breakpointUnplaced({ ...connectionFacts(connection), pointer });
    network.interventions.setBreakpoint(connection, breakpointOf(wish, pointer));
  }
}

async function step(network: Network, node: string | undefined): Promise<Stepped> {
  if (network.state === 'pausing') await network.pause();
  if (network.state !== 'paused') throw notPaused({ facts: { state: network.state } });
  const { says, passed, hit } = await network.interventions.step(node);
  return { says, passed: [...passed], ...(hit !== undefined && { pausedAt: pausedAtOf(hit) }) };
}

function breakpointOf({ condition, afterHits = 1 }: BreakpointWish, pointer = ''): BreakpointPlan {
  if (condition === undefined) return { afterHits };
  try {
    const { holds } = expression(condition);
    return { afterHits, condition: { text: condition, holds } };
  } catch (cause) {
    const facts = cause instanceof CodedError ? cause.facts : {};
    throw conditionInvalid({ detail: messageOf(cause), pointer: `${pointer}/condition`, facts, cause });
  }
}

function refuseUnknown(network: Network, what: Intervention): void {
  if ('connection' in what && !isConnection(network, what.connection)) throw connectionUnknown(connectionFacts(what.connection));
  if (!('node' in what) || what.node === undefined) return;
  const nodes = nodesOf(network, what.node);
  if (what.do === 'step' ? nodes.includes(what.node) : nodes.length > 0) return;
  const details = { detail: `This session has no node ${what.node}.`, facts: { node: what.node } };
  throw what.do === 'step' ? stepNodeUnknown({ ...details, pointer: '/node' }) : nodeUnknown(details);
}

/** D18: the processes a node is, or stands for. */
function nodesOf(network: Network, id: string): string[] {
  return network.processes().flatMap(({ node }) => (node === id || node.startsWith(`${id}/`) ? [node] : []));
}

function isConnection(network: Network, id: string): boolean {
  return network.channels().some(({ connection }) => connection === id);
}

const connectionFacts = (connection: string) => ({
  detail: `This session has no connection ${connection}.`,
  facts: { connection },
});

/** The breakpoint and its message as people see them. */
export function pausedAtOf({ connection, sample }: BreakpointHit): PausedAt {
  return { connection, message: sampleOf(sample) };
}
