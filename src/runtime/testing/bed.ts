import { ManualClock } from '#base/clock.ts';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import { Network, type NetworkEvent } from '../network.ts';
import type { Operation, Receiver, Sender } from '../port.ts';

/** A network that tests add to, by the names of channels; its turns and time go on only when told to. */
export class Bed {
  readonly clock = new ManualClock();
  readonly turns: (() => void)[] = [];
  readonly network: Network;
  readonly events: NetworkEvent[] = [];

  constructor(bodies: Readonly<Record<string, () => Operation<void>>> = {}, channels: readonly ChannelPlan[] = []) {
    this.network = new Network({
      clock: this.clock,
      defer: (turn) => void this.turns.push(turn),
      processes: Object.entries(bodies).map(([id, body]) => ({ id, body, onFailure: 'stop' })),
      channels,
    });
    this.network.onEvent((event) => void this.events.push(event));
  }

  settle(): this {
    for (let turn = this.turns.shift(); turn !== undefined; turn = this.turns.shift()) turn();
    return this;
  }

  start(): this {
    this.network.start();
    return this.settle();
  }

  /** Runs until it has ended, time going on when nothing else can. */
  toTheEnd(): this {
    for (this.start(); this.clock.pending > 0; this.settle()) this.clock.advanceToNext();
    return this;
  }

  add(id: string, body: () => Operation<void>, ...channels: ChannelPlan[]): boolean {
    return this.network.add({ processes: [{ id, body, onFailure: 'stop' }], channels });
  }

  sender(id: string): Sender<number> {
    return this.network.channel(id).sender as Sender<number>;
  }

  receiver(id: string): Receiver<number> {
    return this.network.channel(id).receiver as Receiver<number>;
  }
}

/** A channel from `out` of one process to `in` of another. */
export function plan(id: string, from: string, to: string, capacity = 0): ChannelPlan {
  return { id, capacity, policy: 'block', from: { process: from, port: 'out' }, to: { process: to, port: 'in' } };
}

/** The body of a process that ends at once. */
export function* nothing(): Operation<void> {}
