import { type Connection, type End, endText } from '#model/design.ts';
import type { EventWord } from './event-label.ts';
import type { NetworkEvent, Part } from './network.ts';
import { dropped, gone, leaves } from './node-shape.ts';

/** An event, and its number in the network of a round. */
export interface Slot {
  readonly event: NetworkEvent;
  /** Whether somebody may refuse behind it. */
  readonly refusable: boolean;
  number: number;
  round: number;
}

export function slotOf(event: NetworkEvent, refusable = false): Slot {
  return { event, refusable, number: -1, round: -1 };
}

/** Where a connection stands in a network. */
export interface Place {
  readonly connection: Connection;
  readonly fromMany: boolean;
  readonly toMany: boolean;
  readonly sender: number;
  readonly receiver: number;
  readonly link: number | undefined;
  readonly readerMayLeave: boolean;
}

/** What happens on a connection; another one as soon as anything of its place differs. */
export interface Standing extends Place {
  readonly slots: Map<NetworkEvent['is'], Slot>;
  /** Of its link, if it has one. */
  plan?: readonly Slot[];
  part?: Part;
}

/** The event of a connection. */
export function slotOn(standing: Standing, is: NetworkEvent['is']): Slot {
  const known = standing.slots.get(is) ?? slotOf(eventOf(standing, is));
  standing.slots.set(is, known);
  return known;
}

function eventOf({ connection, sender, receiver, link, fromMany, toMany }: Place, is: NetworkEvent['is']): NetworkEvent {
  return {
    is,
    parts: partsOf(is, sender, receiver, link, connection.capacity),
    connection: connection.id,
    from: endText(connection.from, fromMany),
    to: endText(connection.to, toMany),
    sender,
    receiver,
  };
}

export function isSamePlace(before: Place, now: Place): boolean {
  const [a, b] = [before.connection, now.connection];
  return (
    before.sender === now.sender &&
    before.receiver === now.receiver &&
    before.link === now.link &&
    before.readerMayLeave === now.readerMayLeave &&
    before.fromMany === now.fromMany &&
    before.toMany === now.toMany &&
    (a === b || (a.capacity === b.capacity && a.policy === b.policy && isSameEnd(a.from, b.from) && isSameEnd(a.to, b.to)))
  );
}

function isSameEnd(a: End, b: End): boolean {
  return a.node === b.node && a.port === b.port && a.index === b.index;
}

export function happening(word: EventWord, fate: string, direction: 'in' | 'out', capacity: number): NetworkEvent['is'] {
  if (word === 'ask') return fate === gone ? 'asks-gone' : 'ask';
  if (word === 'reply') return fate === gone ? 'hears-gone' : 'reply';
  if (word === 'quit') return 'quit';
  if (word === 'end') return direction === 'out' ? 'end' : 'sees';
  if (fate === gone) return 'gone';
  if (fate === dropped) return 'dropped';
  if (fate === leaves) return 'leaves';
  return capacity === 0 ? 'message' : direction === 'out' ? 'put' : 'take';
}

// Without a link the end concerns the sender alone, and a reader that waits for it waits for ever: itself and nobody, which is -1.
// A node that has to meet itself meets nobody either.
function partsOf(
  is: NetworkEvent['is'],
  sender: number,
  receiver: number,
  link: number | undefined,
  capacity: number,
): NetworkEvent['parts'] {
  const memory = link ?? -1;
  const peer = sender === receiver ? -1 : receiver;
  switch (is) {
    case 'put':
      return [sender, memory];
    case 'end':
      return link === undefined ? [sender] : [sender, memory];
    case 'take':
    case 'sees':
    case 'leaves':
      return [receiver, memory];
    case 'gone':
      return [sender, capacity === 0 ? peer : memory];
    case 'dropped':
      return [sender];
    default:
      return [sender, peer];
  }
}
