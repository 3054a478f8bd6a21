import type { Catalog } from '#host/catalog.ts';
import type { PortSpec } from '#model/component.ts';
import type { Connection, DesignBody } from '#model/design.ts';
import { goneCaller } from '#runtime/channels/call.ts';
import { discardSender, endedReceiver } from '#runtime/channels/unconnected.ts';
import type { Network } from '#runtime/network.ts';

/** What is at the ends of connections: of channels, and of calls. */

/** Whether a connection joins call ports. */
export function isCall({ from }: Connection, design: Pick<DesignBody, 'nodes'>, catalog: Catalog): boolean {
  return catalog.get(design.nodes[from.node]?.kind ?? '')?.ports[from.port]?.protocol === 'call';
}

/** What a process is handed at a port, for its present life (H1). */
export function endAt({ direction, protocol }: PortSpec, connection: string, network: Network): unknown {
  if (protocol === 'call') {
    const call = network.call(connection);
    return direction === 'in' ? call.server() : call.caller();
  }
  const { sender, receiver } = network.channel(connection);
  return direction === 'in' ? receiver : sender;
}

/** The same where nothing is connected (H2). */
export function looseEnd({ direction, protocol }: PortSpec): unknown {
  if (direction === 'in') return endedReceiver();
  return protocol === 'call' ? goneCaller() : discardSender();
}
