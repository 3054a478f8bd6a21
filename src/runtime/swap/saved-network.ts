import { defineError, messageOf } from '#base/errors.ts';
import { countWinsFrom } from '#runtime/alternation.ts';

const messageNotPlain = defineError(
  'RUNTIME_MESSAGE_NOT_PLAIN',
  'input',
  'A message held by a connection is not plain data, so the run cannot be saved.',
);
const stateNotPlain = defineError(
  'RUNTIME_STATE_NOT_PLAIN',
  'bug',
  'The state of a process is not plain data, so the run cannot be saved. A component keeps lists, records, texts and numbers in it.',
);
const savedUnfit = defineError(
  'RUNTIME_SAVED_UNFIT',
  'input',
  'What was saved is of another network: its processes and channels are not those of this one.',
);

/** A channel as plain data, but for the messages it holds, first to be received first. */
export interface SavedChannel {
  readonly held: readonly unknown[];
  readonly ended: boolean;
  readonly readerGone: boolean;
  readonly received: number;
  readonly dropped: number;
  readonly highWater: number;
  /** When fair alternations chose its two ends last (A5): only the order of these numbers matters. */
  readonly lastWon: readonly [sender: number, receiver: number];
}

/** A process at rest: what it remembers (as its plan saves it), and when it chose what by tag in fair alternations. */
export type SavedProcess =
  | { readonly is: 'over' }
  | { readonly is: 'resting'; readonly state: unknown; readonly turns: Readonly<Record<string, number>> };

/** A network in which every process rests or has ended (S26): plain data, so it may be kept and taken elsewhere. */
export interface SavedNetwork {
  readonly processes: Readonly<Record<string, SavedProcess>>;
  readonly channels: Readonly<Record<string, SavedChannel>>;
}

/**
 * The channel with copies of the messages it holds.
 *
 * @throws RUNTIME_MESSAGE_NOT_PLAIN with the connection and the place of the message, counted from 1 as it would be received.
 */
export function copied(connection: string, saved: SavedChannel): SavedChannel {
  const held = saved.held.map((message, at) => {
    try {
      return structuredClone(message);
    } catch (cause) {
      const detail = `Message ${at + 1} of ${saved.held.length} held by connection ${connection} cannot be saved: ${messageOf(cause)}`;
      throw messageNotPlain({ detail, facts: { connection, place: at + 1 }, cause });
    }
  });
  return { ...saved, held };
}

/** @throws RUNTIME_STATE_NOT_PLAIN with the process. */
export function copiedState(process: string, saved: SavedProcess): SavedProcess {
  try {
    return structuredClone(saved);
  } catch (cause) {
    throw stateNotPlain({
      detail: `The state of ${process} cannot be saved: ${messageOf(cause)}`,
      facts: { node: process },
      cause,
    });
  }
}

/** @throws RUNTIME_SAVED_UNFIT when the names are not these. */
export function checkFit(saved: SavedNetwork, processes: Iterable<string>, channels: Iterable<string>): void {
  refuseOthers('process', Object.keys(saved.processes), [...processes]);
  refuseOthers('connection', Object.keys(saved.channels), [...channels]);
}

function refuseOthers(what: string, saved: readonly string[], present: readonly string[]): void {
  const missing = present.find((id) => !saved.includes(id));
  const surplus = saved.find((id) => !present.includes(id));
  if (missing !== undefined)
    throw savedUnfit({ detail: `What was saved has no ${what} ${missing}.`, facts: { [what]: missing } });
  if (surplus !== undefined)
    throw savedUnfit({
      detail: `What was saved has a ${what} ${surplus}, and this network has none.`,
      facts: { [what]: surplus },
    });
}

/** The same network with its fair turns counted anew from 1: only their order matters (A5), and 0 is still that of what was never chosen. */
export function withTurnsAnew(saved: SavedNetwork): SavedNetwork {
  const processes = Object.entries(saved.processes);
  const channels = Object.entries(saved.channels);
  const turns = [
    ...processes.flatMap(([, process]) => (process.is === 'over' ? [] : Object.values(process.turns))),
    ...channels.flatMap(([, { lastWon }]) => lastWon),
  ];
  const order = [0, ...new Set(turns.filter((turn) => turn > 0))].sort((a, b) => a - b);
  const anew = new Map(order.map((turn, at) => [turn, at]));
  countWinsFrom(order.length);
  const of = (turn: number): number => anew.get(turn) ?? 0;
  const renewed = (process: SavedProcess): SavedProcess => {
    if (process.is === 'over') return process;
    return { ...process, turns: Object.fromEntries(Object.entries(process.turns).map(([tag, turn]) => [tag, of(turn)])) };
  };
  return {
    processes: Object.fromEntries(processes.map(([id, process]) => [id, renewed(process)])),
    channels: Object.fromEntries(
      channels.map(([id, channel]) => [id, { ...channel, lastWon: [of(channel.lastWon[0]), of(channel.lastWon[1])] }]),
    ),
  };
}
