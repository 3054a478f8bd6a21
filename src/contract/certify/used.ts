import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { followed } from './followed.ts';
import { Fault, Plain, type Work } from './plain.ts';
import { wholeGraph } from './reached.ts';
import { listedIn, listOf, numbersOf, sizeOf } from './read.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/** What is said to happen: of each list some event; and what never does. */
export interface UseClaim {
  readonly used: readonly (readonly number[])[];
  readonly unused: readonly number[];
}

/** V136  Checks again what can happen: by walks that can be followed, or, where something is said never to happen, by all states. */
export function recheckUse(
  system: System,
  { used, unused }: UseClaim,
  certificate: Certificate,
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const isWalked = certificate.by === 'walks';
    if (isWalked && unused.length > 0) throw new Fault('a walk does not show that something never happens');
    const made = isWalked
      ? walked(plain, listedIn(certificate.data, 'walks'))
      : new Set(wholeGraph(plain, sizeOf(certificate.data)).events);
    for (const events of used)
      if (!events.some((event) => made.has(event))) throw new Fault(`nothing shows that event ${events.join(' or ')} can happen`);
    for (const event of unused) if (made.has(event)) throw new Fault(`event ${event} can happen`);
  });
}

function walked(plain: Plain, walks: unknown): ReadonlySet<number> {
  const all = listOf(walks).map(numbersOf);
  for (const walk of all) followed(plain, walk);
  return new Set(all.flat());
}
