/** What a re-check came to. `open`: nothing is said, as it would take too long or the certificate does not hold enough. */
export type Recheck = { readonly is: 'holds' } | { readonly is: 'fails' | 'open'; readonly why: string };

export const holds: Recheck = { is: 'holds' };

export function fails(why: string): Recheck {
  return { is: 'fails', why };
}

export function open(why: string): Recheck {
  return { is: 'open', why };
}

/** Looks at a local state or a step, about a second's worth. */
export const usualWork = 10_000_000;
