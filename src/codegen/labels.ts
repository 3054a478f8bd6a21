import type { Named } from '#contract/automata.ts';
import type { Network, NetworkEvent } from '#contract/network.ts';

/**
 * A network with a name for each of its events, the connection and what happens on it: `c0.message`. No two events are called alike, and
 * no two parts, though a node and a connection may be.
 */
export function labelled(network: Network): Named {
  const names = toldApart(network.parts.map(({ name }) => name));
  const parts = network.parts.map((part, at) => ({ ...part, name: names[at] ?? '' }));
  return { system: { ...network, parts }, labels: toldApart(network.events.map((event) => labelOf(network, event))) };
}

function toldApart(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((plain) => {
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}.${number}`;
    taken.add(name);
    return name;
  });
}

function labelOf({ parts }: Network, { is, connection, from, parts: [self] }: NetworkEvent): string {
  if (connection !== undefined) return `${connection}.${is}`;
  return `${is === 'free' ? from : parts[self]?.name}.${is}`;
}
