import { getDesign } from '../client/client.ts';
import { Unreachable } from '../client/problem.ts';
import type { Line } from '../design/line.ts';
import { type Keeper, openKeeper } from '../keeping/keeper.ts';
import { claimTab } from '../keeping/tab.ts';
import { say } from './toasts.ts';

/** A design to go on with: as it was kept here, or as the server has it. */
export interface KeptDesign {
  readonly line: Pick<Line, 'confirmed'> & Partial<Line>;
  readonly keeper: Keeper;
}

let tab: Promise<string> | undefined;
const { locks } = navigator as { readonly locks?: LockManager };

/** E39  What was kept is gone on with; without the server too. */
export async function keptDesign(designId: string): Promise<KeptDesign> {
  tab ??= claimTab(sessionStorage, locks);
  let told = false;
  const failed = () => {
    if (!told) say('bad', 'This browser keeps nothing: what is not sent yet would be lost with the page.');
    told = true;
  };
  const keeper = openKeeper({ designId, tab: await tab, locks, failed });
  try {
    const [kept, design] = await Promise.all([keeper.read(), getDesign(designId).catch(awayAsUndefined)]);
    if (kept !== undefined) return { line: kept, keeper };
    if (design === undefined) throw new Unreachable();
    return { line: { confirmed: design }, keeper };
  } catch (error) {
    keeper.close();
    throw error;
  }
}

function awayAsUndefined(error: unknown): undefined {
  if (error instanceof Unreachable) return undefined;
  throw error;
}
