import type { Named } from '#contract/automata.ts';
import type { Network, NetworkEvent } from '#contract/network.ts';

/** A network with a name for each of its events: the connection and what happens on it, `c0.message`; no two alike. */
export function labelled(network: Network): Named {
  const taken = new Set<string>();
  const labels = network.events.map((event) => {
    const plain = labelOf(network, event);
    let label = plain;
    for (let number = 2; taken.has(label); number++) label = `${plain}.${number}`;
    taken.add(label);
    return label;
  });
  return { system: network, labels };
}

function labelOf({ parts }: Network, { is, connection, from, parts: [self] }: NetworkEvent): string {
  if (connection !== undefined) return `${connection}.${is}`;
  return `${is === 'free' ? from : parts[self]?.name}.${is}`;
}
