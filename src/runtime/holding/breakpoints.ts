import { messageOf } from '#base/errors.ts';
import type { Breakpoint } from '#model/sessions/session.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import type { ChannelSample } from '#runtime/listeners.ts';

export interface BreakpointPlan {
  /** A message fits when this gives true; one for which it throws does not. Without it every message fits. */
  readonly condition?: { readonly text: string; readonly holds: (message: unknown) => boolean };
  /** Pauses from the so many-th message on that fits. */
  readonly afterHits: number;
}

/** The message that had just passed when a breakpoint paused the session. */
export interface BreakpointHit {
  readonly connection: string;
  readonly sample: ChannelSample;
}

interface Placed {
  readonly plan: BreakpointPlan;
  readonly leave: () => void;
  hits: number;
  failures: number;
  lastFailure: string | undefined;
}

/** The breakpoints of one network, one a connection (S39). They listen to their channels; other channels pay nothing. */
export class Breakpoints {
  readonly #placed = new Map<string, Placed>();
  readonly #hit: (hit: BreakpointHit) => void;

  /** @param hit called from within the run, with the message that has just passed. */
  constructor(hit: (hit: BreakpointHit) => void) {
    this.#hit = hit;
  }

  /** Takes the place of one that is there. */
  set(channel: Channel, plan: BreakpointPlan): void {
    this.clear(channel.id);
    const leave = channel.onSample((sample) => {
      if (this.#fits(placed, shown(sample.value))) this.#hit({ connection: channel.id, sample });
    });
    const placed: Placed = { plan, leave, hits: 0, failures: 0, lastFailure: undefined };
    this.#placed.set(channel.id, placed);
  }

  clear(connection: string): void {
    this.#placed.get(connection)?.leave();
    this.#placed.delete(connection);
  }

  moveTo(channels: ReadonlyMap<string, Channel>): void {
    for (const [id, { plan, leave }] of [...this.#placed]) {
      const channel = channels.get(id);
      leave();
      this.#placed.delete(id);
      if (channel !== undefined) this.set(channel, plan);
    }
  }

  status(connection: string): Breakpoint | undefined {
    const placed = this.#placed.get(connection);
    if (placed === undefined) return undefined;
    const { plan, hits, failures, lastFailure } = placed;
    const { condition, afterHits } = plan;
    return {
      ...(condition !== undefined && { condition: condition.text }),
      afterHits,
      hits,
      failures,
      ...(lastFailure !== undefined && { lastFailure }),
    };
  }

  #fits(placed: Placed, message: unknown): boolean {
    const { condition, afterHits } = placed.plan;
    try {
      if (condition?.holds(message) === false) return false;
    } catch (thrown) {
      placed.failures++;
      placed.lastFailure = messageOf(thrown);
      return false;
    }
    return ++placed.hits >= afterHits;
  }
}

// The request of a call is looked at as its samples show it (Q10).
function shown(message: unknown): unknown {
  const { toJSON } = (message ?? {}) as { toJSON?: unknown };
  return typeof toJSON === 'function' && !(message instanceof Date) ? toJSON.call(message) : message;
}
