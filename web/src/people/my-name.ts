import { createStore } from '../base/store.ts';

/** What this person is called until there are accounts: chosen here, kept on this computer. Proves nothing. */

const key = 'csp.name';
export const longestName = 80;

function remembered(): string {
  const kept = localStorage.getItem(key)?.trim();
  if (kept !== undefined && kept !== '') return kept.slice(0, longestName);
  const made = `Guest ${1 + Math.floor(Math.random() * 99)}`;
  localStorage.setItem(key, made);
  return made;
}

export const myName = createStore<string>(remembered());

/** Takes another name; an empty one is none. */
export function rename(to: string): void {
  const name = to.trim().slice(0, longestName);
  if (name === '') return;
  localStorage.setItem(key, name);
  myName.set(name);
}
