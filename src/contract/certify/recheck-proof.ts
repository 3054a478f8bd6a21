import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { type Ruled, recheckClientServer } from './client-server.ts';
import { recheckElimination } from './elimination.ts';
import { recheckExhaustive } from './exhaustive.ts';
import { recheckRounds } from './io-order.ts';
import { Fault, Plain, TooMuch, type Work } from './plain.ts';
import { recheckTogether } from './put-together.ts';
import { fieldOf, listOf } from './read.ts';
import { recheckResources } from './resource-order.ts';
import { recheckStubborn } from './stubborn-sets.ts';
import { aliveIn, StuckPairs } from './stuck-pairs.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/**
 * V70  Checks a proof that a system cannot deadlock again, by its certificate and the system alone. Nothing here is shared with the programs that find proofs; it is
 *      plain rather than quick.
 *
 * @param work how much may be looked at; beyond it the answer is `open`.
 */
export function recheckProof(system: System, certificate: Certificate, work: Work = usualWork): Recheck {
  return judged(() => check(new Plain(system, work), certificate.by, certificate.data));
}

function check(plain: Plain, by: string, data: unknown): void {
  if (by === 'exhaustive') recheckExhaustive(plain, data);
  else if (by === 'stubborn') recheckStubborn(plain, data);
  else if (by === 'elimination') recheckElimination(plain, data);
  else if (by === 'compositional') recheckTogether(plain, aliveIn(plain).never, data);
  else checkRule(plain, by, data);
}

// A rule about some parts is a proof when one of them can always go on, or when they are all.
function checkRule(plain: Plain, by: string, data: unknown): void {
  const pairs = new StuckPairs(plain, aliveIn(plain));
  pairs.checkCuts();
  const ruled = ruledBy(pairs, by, data);
  if (ruled.some(({ lives }) => lives)) return;
  const parts = new Set(ruled.flatMap((one) => [...one.parts]));
  for (let part = 0; part < plain.system.processes; part++)
    if (!parts.has(part)) throw new Fault(`nothing is said of part ${part}`);
}

function ruledBy(pairs: StuckPairs, by: string, data: unknown): readonly Ruled[] {
  switch (by) {
    case 'client-server':
      return [recheckClientServer(pairs, data)];
    case 'io-order':
      return [recheckRounds(pairs, data)];
    case 'resource-order':
      return [recheckResources(pairs, data)];
    case 'apart':
      return listOf(fieldOf(data, 'of')).flatMap((one) => ruledBy(pairs, String(fieldOf(one, 'by')), fieldOf(one, 'data')));
    default:
      throw new TooMuch(`there is no check for a certificate by ${by}`);
  }
}
