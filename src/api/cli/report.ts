import type { RunReport } from '#app/run-body.ts';
import { table } from './text.ts';

/** What a run leaves to say: how it ended, each process, each connection. */
export function reportText({ state, fault, stuck, processes, channels }: RunReport): string {
  const ending =
    stuck === undefined
      ? `the run is ${state}`
      : `the run is stuck: ${stuck.nodes.join(', ')} wait for each other on ${stuck.connections.join(', ')}`;
  const faultLine =
    fault === undefined ? '' : `${fault.node === undefined ? '' : `${fault.node}: `}${fault.message} (${fault.code})\n`;
  const nodes = table(
    ['node', 'state', 'received', 'sent', 'failures'],
    processes.map((process) => [process.node, process.state, process.received, process.sent, process.failures]),
  );
  const wires = table(
    ['connection', 'messages', 'dropped', 'left'],
    channels.map((channel) => [channel.connection, channel.received, channel.dropped, channel.depth]),
  );
  return `${ending}\n${faultLine}\n${nodes}\n${wires}`;
}
