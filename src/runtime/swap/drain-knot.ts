import type { Channel } from '#runtime/channels/channel.ts';
import type { ReceiverEnd } from '#runtime/channels/channel-ends.ts';
import type { Process } from '#runtime/processes/process.ts';

/** A reader that stays and is to go on with another channel. */
export interface Follow {
  readonly before: Channel;
  readonly next: Channel;
  readonly reader: Process;
  /** Who still writes to `before`: one that leaves. */
  readonly writer: Process | undefined;
  /** Nothing will be written to `before` any more. */
  written: boolean;
  /** The reader takes from both. */
  loose: boolean;
  /** With loose: its end, which is now here and now there. */
  end?: ReceiverEnd<unknown>;
}

/**
 * Those that cannot go on, whatever the clock and the outside bring: each waits for others of whom the same is true. Exact while nothing
 * can go on at once.
 */
export function writersAtLoss(
  processes: readonly Process[],
  channels: readonly Channel[],
  follows: readonly Follow[],
): ReadonlySet<Process> {
  const readers = new Map(processes.flatMap((process) => process.inputs.map((channel) => [channel, process] as const)));
  const writers = new Map(processes.flatMap((process) => process.outputs.map((channel) => [channel, process] as const)));
  for (const { next, reader, writer, written } of follows) {
    // Nobody reads there before the other is written to its end.
    const awaited = written ? reader : writer;
    if (awaited !== undefined) readers.set(next, awaited);
  }
  const waits: (readonly [who: Process, forWhom: Process | undefined])[] = channels.flatMap((channel) => {
    const [reader, writer] = [readers.get(channel), writers.get(channel)];
    return [
      ...(channel.reader !== undefined && reader !== undefined ? [[reader, writer] as const] : []),
      ...(channel.writer !== undefined && writer !== undefined ? [[writer, reader] as const] : []),
    ];
  });
  const goOn = new Set(processes.filter((process) => process.over || process.waitsForNobody));
  for (const process of goOn) for (const [who, forWhom] of waits) if (forWhom === process) goOn.add(who);
  return new Set(processes.filter((process) => !goOn.has(process)));
}
