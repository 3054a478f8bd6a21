/** Service times as they are counted: how many took at most each bound. S63, S65 in `docs/spec/session.md`. */

/** Upper bounds in milliseconds: doubling from a 64th; what takes longer than the last is in one more bucket. */
export const serviceBoundsMs: readonly number[] = Array.from({ length: 24 }, (_, i) => 2 ** (i - 6));

/**
 * S65  The bound that a share of the services kept: with share 0.95, at least 95 of 100 took no longer.
 *
 * @param services counts by bucket.
 * @param share 0 to 1.
 * @returns milliseconds; Infinity beyond the last bound, undefined when none was timed.
 */
export function serviceQuantileMs(services: readonly number[], share: number): number | undefined {
  const all = services.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let kept = 0;
  const bucket = services.findIndex((count) => {
    kept += count;
    return kept > 0 && kept >= all * share;
  });
  return serviceBoundsMs[bucket] ?? Number.POSITIVE_INFINITY;
}

/** A quantile in words: ≤ 0.5 ms, ≤ 2 s, > 131 s. */
export function boundText(ms: number): string {
  const last = serviceBoundsMs.at(-1) ?? 0;
  return ms > last
    ? `> ${Math.round(last / 1_000)} s`
    : `≤ ${ms < 1_000 ? `${Number(ms.toPrecision(2))} ms` : `${Math.round(ms / 1_000)} s`}`;
}
