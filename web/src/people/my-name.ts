import { plainShortened } from '#model/shortened.ts';
import { createStore } from '../base/store.ts';

/** What this person is called until there are accounts: chosen here, kept on this computer. Proves nothing. */

const key = 'csp.name';
export const longestName = 80;

function remembered(): string {
  const kept = plainShortened(localStorage.getItem(key) ?? '', longestName).trim();
  if (kept !== '') return kept;
  const made = `Guest ${1 + Math.floor(Math.random() * 99)}`;
  localStorage.setItem(key, made);
  return made;
}

export const myName = createStore<string>(remembered());

/** Takes another name; an empty one is none. */
export function rename(to: string): void {
  const name = plainShortened(to.trim(), longestName).trim();
  if (name === '') return;
  localStorage.setItem(key, name);
  myName.set(name);
}
