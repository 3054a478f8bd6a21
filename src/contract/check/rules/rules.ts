import type { Engine, Outcome } from '#contract/check/engine.ts';
import { sharedKnown } from '#contract/check/structure/known.ts';
import type { Structure } from '#contract/check/structure/structure.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { provedByClients } from './clients.ts';
import { clustersOf, type Proof } from './proof.ts';
import { provedByOrder } from './resources.ts';
import { provedByRounds } from './rounds.ts';

/** V27 to V29  Rules about how parts are connected. They look at no state but those of single parts and of two neighbours. */
export const rules: Engine = { name: 'rules', run: (system) => runRules(sharedKnown().structureOf(system)) };

const all = [provedByRounds, provedByClients, provedByOrder];

export function runRules(structure: Structure): Outcome {
  const unknown: Outcome = { ...nothing, verdict: 'unknown', why: 'no rule fits how its parts are connected' };
  if (structure.view.system.processes === 0) return unknown;
  if (structure.neighbours.cut) return { ...unknown, why: 'a buffer can hold more messages than are counted' };
  const clusters = clustersOf(structure);
  const free = new Map<number, Proof>();
  for (const rule of all) {
    for (const proof of rule(structure, clusters)) {
      if (proof.lives) return { ...nothing, verdict: 'proved', certificate: proof.certificate };
      free.set(proof.cluster, proof);
    }
    if (free.size === clusters.count) return { ...nothing, verdict: 'proved', certificate: togetherOf([...free.values()]) };
  }
  return unknown;
}

const nothing = { states: 0, transitions: 0 };

/** What has nothing to do with each other is proved each by itself. */
function togetherOf(proofs: readonly Proof[]): Certificate {
  const [only] = proofs;
  if (only !== undefined && proofs.length === 1) return only.certificate;
  const certificates = proofs.map(({ certificate }) => certificate);
  return { by: 'apart', words: certificates.flatMap(({ words }) => words), data: { of: certificates } };
}
