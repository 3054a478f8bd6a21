import type { Clock } from '#base/clock.ts';
import type { Network } from '#runtime/network.ts';

/** How long processes have waited before they are asked who could wake them. */
export const leastStuckMs = 300;
/** How often it is looked, and where nothing happens between two looks at the most seldom. */
const lookMs = 300;
const longestLookMs = 2_400;

/**
 * S81  Looks from time to time whether some processes of a network are stuck while others run. Where nothing has happened between two looks, one more is enough, and then
 *      they come further apart; a look at a network in which nothing happened since is one comparison.
 *
 * @returns what ends the watch.
 */
export function watchStuck(clock: Clock, network: Pick<Network, 'turns' | 'lookForStuck'>): () => void {
  let [turns, quietLooks, waitMs] = [-1, 0, lookMs];
  const look = (): void => {
    const hasMoved = network.turns !== turns;
    turns = network.turns;
    quietLooks = hasMoved ? 0 : quietLooks + 1;
    waitMs = hasMoved ? lookMs : Math.min(waitMs * 2, longestLookMs);
    if (quietLooks <= 1) network.lookForStuck(leastStuckMs);
    cancel = clock.after(waitMs, look);
  };
  let cancel = clock.after(lookMs, look);
  return () => cancel();
}
