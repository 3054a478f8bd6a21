import type { Clock } from '#base/clock.ts';
import type { Files, Http, Log, Tools } from '#kit/tools.ts';

/** What every process of a server shares; the rest of its tools is made for each node. */
export interface SharedTools {
  readonly clock: Clock;
  readonly http: Http;
  readonly files: Files;
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly log: (session: string, node: string, ...entry: Parameters<Log>) => void;
}

/** The tools of one process, but for its metrics, which its session keeps. Its random numbers follow from the session and the node, so a run can be repeated. */
export function toolsOf(shared: SharedTools, session: string, node: string, signal: AbortSignal): Omit<Tools, 'metrics'> {
  const { clock, http, files, secret } = shared;
  const log: Log = (...entry) => shared.log(session, node, ...entry);
  return { clock, http, files, secret, log, signal, random: randomFrom(`${session} ${node}`) };
}

/**
 * Pseudo-random numbers in [0, 1) that depend only on the seed text.
 * SplitMix32 over an FNV-1a hash (Steele, Lea, Flood 2014; Fowler, Noll, Vo): statistics, not secrets.
 */
export function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(seed)) state = Math.imul(state ^ byte, 0x01000193);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
