import { partsOfLabel } from '#contract/event-label.ts';
import { tau } from '#contract/lts.ts';
import type { WiredNode } from '#contract/wiring.ts';
import type { Finding } from '#model/checks/finding.ts';
import { type Connection, endText } from '#model/design.ts';

/** K13  What can be said of a design without looking at a state. */
export function lint(nodes: readonly WiredNode[], connections: readonly Connection[]): Finding[] {
  return [...nodes.flatMap(contractFindings), ...nodes.flatMap(unconnected), ...reach(nodes, connections)];
}

function contractFindings({ id, kind, contract }: WiredNode): Finding[] {
  if (contract.ok) return [];
  return contract.faults.map((fault) => finding('contract', 'unknown', 'error', `contract of ${id} (${kind}): ${fault}`, [id]));
}

function unconnected({ id, ports, arity, ends }: WiredNode): Finding[] {
  return [...ends].flatMap(([label, { port, connection }]) => {
    const [name = '', index = '0'] = label.split('.');
    const channels = arity[name] ?? 0;
    const hole = port.many && ports[name] !== undefined && Number(index) < channels - 1;
    if (connection !== undefined || (port.optional && !hole)) return [];
    const end = endText({ node: id, port: name, index: Number(index) }, hole);
    const message = hole ? `${end} is not connected, though a later channel of ${name} is` : `${end} must be connected`;
    return [finding('unconnected-port', 'refuted', 'error', message, [id])];
  });
}

/**
 * A source is a node that nothing is connected to, or that can send before it has received; a sink is one that sends nowhere. A part of
 * the design without any source or sink is a closed loop on purpose, and nothing is said of it: whether it lives is
 * the search's question.
 */
function reach(nodes: readonly WiredNode[], connections: readonly Connection[]): Finding[] {
  const forward = neighbours(connections, 'from', 'to');
  const backward = neighbours(connections, 'to', 'from');
  const sources = nodes.filter((node) => !backward.has(node.id) || startsByItself(node)).map(({ id }) => id);
  const sinks = nodes.filter(({ id }) => !forward.has(id)).map(({ id }) => id);
  const fromSource = closure(sources, forward);
  const toSink = closure(sinks, backward);
  const either = joined(forward, backward);
  const parts = new Map<string, ReadonlySet<string>>();
  return nodes.flatMap(({ id }) => {
    const around = parts.get(id) ?? closure([id], either);
    if (!parts.has(id)) for (const member of around) parts.set(member, around);
    const findings: Finding[] = [];
    if (!fromSource.has(id) && sources.some((source) => around.has(source)))
      findings.push(
        finding('unreachable-node', 'refuted', 'warning', `no message can reach ${id}: there is no path to it from a source`, [
          id,
        ]),
      );
    if (!toSink.has(id) && sinks.some((sink) => around.has(sink)))
      findings.push(
        finding(
          'no-path-to-sink',
          'refuted',
          'warning',
          `what enters ${id} goes round for ever: no path leads from it to a sink`,
          [id],
        ),
      );
    return findings;
  });
}

function startsByItself({ contract, ends }: WiredNode): boolean {
  if (!contract.ok) return false;
  const { moves, labels } = contract.lts;
  const states = new Set([0]);
  for (const state of states) {
    for (const { label, to } of moves[state] ?? []) {
      const parts = partsOfLabel(labels[label] ?? '');
      const sends = parts.word === '' || parts.word === 'ask';
      const end = sends ? ends.get(parts.end) : undefined;
      if (label !== tau && end?.port.direction === 'out' && end.connection !== undefined) return true;
      if (label === tau || end?.port.direction === 'out') states.add(to);
    }
  }
  return false;
}

function neighbours(connections: readonly Connection[], at: 'from' | 'to', other: 'from' | 'to'): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const connection of connections) {
    const { node } = connection[at];
    map.set(node, [...(map.get(node) ?? []), connection[other].node]);
  }
  return map;
}

function joined(a: ReadonlyMap<string, string[]>, b: ReadonlyMap<string, string[]>): Map<string, string[]> {
  return new Map([...new Set([...a.keys(), ...b.keys()])].map((id) => [id, [...(a.get(id) ?? []), ...(b.get(id) ?? [])]]));
}

function closure(from: readonly string[], next: ReadonlyMap<string, string[]>): Set<string> {
  const seen = new Set(from);
  for (const id of seen) for (const to of next.get(id) ?? []) seen.add(to);
  return seen;
}

function finding(
  rule: string,
  verdict: Finding['verdict'],
  severity: Finding['severity'],
  message: string,
  nodes: string[],
): Finding {
  return { rule, verdict, severity, message, nodes, connections: [], engine: 'lint' };
}
