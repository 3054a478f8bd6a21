import { Type } from 'typebox';
import type { Happening } from '#app/feed.ts';
import { CommittedTx } from '#model/edits/tx.ts';
import { LiveMessage } from '#model/live.ts';
import { Doing, Peer } from '#model/presence.ts';

/** What servers tell each other over the bus. A server that is newer or older may send others: those mean nothing here. */

const PeerDoing = Type.Object({ ...Peer.properties, doing: Doing });
const designId = Type.String({ format: 'uuid' });

export const BusMessage = Type.Union([
  /** `txs` is left out when they are long: the log has them. */
  Type.Object({
    is: Type.Literal('edits'),
    designId,
    from: Type.Integer(),
    to: Type.Integer(),
    txs: Type.Optional(Type.Array(CommittedTx)),
  }),
  Type.Object({ is: Type.Literal('happened'), happening: LiveMessage }),
  Type.Object({ is: Type.Literal('came'), designId, peer: Peer }),
  Type.Object({ is: Type.Literal('left'), designId, peer: Type.String() }),
  Type.Object({ is: Type.Literal('doing'), designId, doings: Type.Record(Type.String(), Doing) }),
  /** Everybody who has the design open at the sender; with `ask` it wants to know the same of others. */
  Type.Object({ is: Type.Literal('here'), designId, ask: Type.Boolean(), peers: Type.Array(PeerDoing) }),
  Type.Object({ is: Type.Literal('said'), designId, to: Type.String(), from: Peer, text: Type.String(), at: Type.String() }),
  /** Nothing is said but that there is a way from the sender to here. */
  Type.Object({ is: Type.Literal('beat') }),
]);

export type BusMessage =
  | { readonly is: 'edits'; readonly designId: string; readonly from: number; readonly to: number; readonly txs?: CommittedTx[] }
  | { readonly is: 'happened'; readonly happening: Exclude<Happening, { type: 'edits' }> }
  | { readonly is: 'came'; readonly designId: string; readonly peer: Peer }
  | { readonly is: 'left'; readonly designId: string; readonly peer: string }
  | { readonly is: 'doing'; readonly designId: string; readonly doings: Readonly<Record<string, Doing>> }
  | {
      readonly is: 'here';
      readonly designId: string;
      readonly ask: boolean;
      readonly peers: readonly (Peer & { doing: Doing })[];
    }
  | {
      readonly is: 'said';
      readonly designId: string;
      readonly to: string;
      readonly from: Peer;
      readonly text: string;
      readonly at: string;
    }
  | { readonly is: 'beat' };

/** What concerns one design that somebody has open. */
export type DesignMessage = Extract<BusMessage, { designId: string }>;
