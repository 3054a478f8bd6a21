/** Which tab of the browser this is, over reloads, and which tabs are there at all. By Web Locks: a tab that is gone holds none. */

const storageKey = 'csp.tab';
const lockOf = (tab: string): string => `csp.tab.${tab}`;
/** How long the page before a reload may take to let go. */
const patienceMs = 1_500;

type Locks = Pick<LockManager, 'request' | 'query'>;
type Storage_ = Pick<Storage, 'getItem' | 'setItem'>;

/**
 * The name of this tab, which is its own from now on. A copy of a tab has the same session storage: it takes a new name.
 * Where there are no locks (pages of another computer without https) the name is as told.
 */
export async function claimTab(storage: Storage_, locks: Locks | undefined): Promise<string> {
  const before = storage.getItem(storageKey);
  if (before !== null && (locks === undefined || (await holds(before, locks)))) return before;
  const tab = crypto.randomUUID();
  storage.setItem(storageKey, tab);
  if (locks !== undefined) await holds(tab, locks);
  return tab;
}

// Held for as long as the page lives.
function holds(tab: string, locks: Locks): Promise<boolean> {
  return new Promise((resolve) => {
    const keep = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    locks.request(lockOf(tab), { signal: AbortSignal.timeout(patienceMs) }, keep).catch(() => resolve(false));
  });
}

/** Whether a tab is gone for certain. */
export async function goneTabs(tabs: readonly string[], locks: Locks | undefined): Promise<ReadonlySet<string>> {
  if (locks === undefined || tabs.length === 0) return new Set();
  const { held = [] } = await locks.query();
  const there = new Set(held.map(({ name }) => name));
  return new Set(tabs.filter((tab) => !there.has(lockOf(tab))));
}
