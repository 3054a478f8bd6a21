import { Fault, TooMuch } from './plain.ts';

/** What a re-check came to. `open`: nothing is said, as it would take too long or the certificate does not hold enough. */
export type Recheck = { readonly is: 'holds' } | { readonly is: 'fails' | 'open'; readonly why: string };

export const holds: Recheck = { is: 'holds' };

export function fails(why: string): Recheck {
  return { is: 'fails', why };
}

export function open(why: string): Recheck {
  return { is: 'open', why };
}

/** Looks at a move or a state, at most: some tenths of a second. */
export const usualWork = 3_000_000;

/** What a check comes to: it holds when nothing is thrown. */
export function judged(check: () => void): Recheck {
  try {
    check();
    return holds;
  } catch (thrown) {
    if (thrown instanceof Fault) return fails(thrown.message);
    if (thrown instanceof TooMuch) return open(thrown.message);
    throw thrown;
  }
}
