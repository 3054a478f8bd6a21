import { boundText, serviceQuantileMs } from '#model/service-times.ts';
import { shortCount } from '../run/frame.ts';

/** Words for where the time of a node or a wire goes. */

/** A part of the time: 34 %, < 1 %. */
export function shareText(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;
}

/** How long: 3 ms, 2.4 s, 12 min. */
export function lengthText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s` : `${Math.round(ms / 60_000)} min`;
}

/** How much one side waits now, and did in all. */
export function waitText(share: number, ms: number, times: number): string {
  if (times === 0) return 'never';
  return `${shareText(share)} now · ${lengthText(ms)} in ${shortCount(times)} waits`;
}

/** How long the middle message took, and 95 and 99 of 100 at most: ≤ 0.5 ms, ≤ 1 ms, ≤ 2 ms. */
export function serviceText(services: readonly number[]): string {
  const bounds = [0.5, 0.95, 0.99].map((share) => serviceQuantileMs(services, share));
  return bounds.map((ms) => (ms === undefined ? '–' : boundText(ms))).join(' · ');
}
