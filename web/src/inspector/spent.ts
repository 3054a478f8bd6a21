import { boundText, serviceQuantileMs } from '#model/sessions/service-times.ts';
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

/** How much one side waits now (undefined when nothing goes on any more), and how long and how often it did in all. */
export function waitText(share: number | undefined, ms: number, times: number): string {
  if (times === 0) return 'never';
  return `${share === undefined ? '' : `${shareText(share)} · `}${lengthText(ms)}, ${shortCount(times)}×`;
}

/** How long 50, 95 and 99 of 100 messages took at most: ≤ 0.5 · 1 · 2 ms. */
export function serviceText(services: readonly number[]): string {
  const words = [0.5, 0.95, 0.99].map((share) => boundText(serviceQuantileMs(services, share) ?? 0));
  const [unit] = new Set(words.map((word) => word.split(' ').at(-1)));
  return words.every((word) => word.startsWith('≤') && word.endsWith(` ${unit}`))
    ? `≤ ${words.map((word) => word.split(' ')[1]).join(' · ')} ${unit}`
    : words.join(' · ');
}
