import type { Reject } from '#kit/tools.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import { isPoison } from '#runtime/poison.ts';
import type { Operation } from '#runtime/port.ts';

/**
 * H26  Where a node skips what fails and its `err` is connected, an exception of its behaviour does not lose the message at hand: it leaves
 *      at `err` with the reason, and then the process starts afresh. The message at hand is the last one this life has received; of
 *      several inputs the one that passed last, to the millisecond.
 */
export function* tellingErr(life: Operation<void>, inputs: readonly Channel[], reject: Reject): Operation<void> {
  const before = new Map(inputs.map((channel) => [channel, channel.received]));
  try {
    yield* life;
  } catch (thrown) {
    const received = inputs
      .filter((channel) => channel.received > (before.get(channel) ?? 0))
      .map((channel) => channel.samples().at(-1));
    const last = received.toSorted((a, b) => (b?.atMs ?? 0) - (a?.atMs ?? 0))[0];
    if (last !== undefined && !isPoison(thrown)) yield* reject(last.value, thrown);
    throw thrown;
  }
}
