import type { System } from '#contract/network.ts';
import { Fault, Plain, type Work } from './plain.ts';
import { roundsOf } from './rounds.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/**
 * V136  Checks again which processes can go round by own decisions alone, and so would not hear a stop: these and no others.
 *
 * @param isOwn 1 for each event that is a decision of one process.
 */
export function recheckDeaf(system: System, isOwn: ArrayLike<number>, deaf: readonly number[], work: Work = usualWork): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const said = new Set(deaf);
    for (const part of said) if (!plain.isProcess(part)) throw new Fault(`part ${part} is no process`);
    for (let part = 0; part < system.processes; part++) {
      const name = system.parts[part]?.name ?? '';
      if (goesRound(plain, part, isOwn) !== said.has(part))
        throw new Fault(said.has(part) ? `${name} cannot go on deciding for ever` : `${name} can go on deciding for ever`);
    }
  });
}

function goesRound(plain: Plain, part: number, isOwn: ArrayLike<number>): boolean {
  const states = plain.system.shapes[plain.system.parts[part]?.shape ?? -1]?.final.length ?? 0;
  const next = (state: number): number[] => {
    plain.spend(1);
    return [...plain.offers(part, state)].flatMap(([event, targets]) => (isOwn[event] === 1 ? targets : []));
  };
  const round = roundsOf(states, next);
  return round.some((number, state) => next(state).some((to) => round[to] === number));
}
