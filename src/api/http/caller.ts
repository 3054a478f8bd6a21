import { owner } from '#app/parts.ts';

/** Who asks through this door. There is one for now: the one who started the server. */
export const caller = owner('http');
