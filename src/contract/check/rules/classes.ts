import { compile } from '#contract/compile.ts';
import type { KnownKind } from '#contract/wiring.ts';
import type { ComponentClass } from '#model/component.ts';
import { type ContractClass, classOf } from './classify.ts';

const rounds: Readonly<Record<ContractClass['rounds'], ComponentClass | undefined>> = {
  'io-par': {
    name: 'I/O-PAR',
    says: 'In each round it offers all its communications at once, and makes each of them once: as long as nothing ends, nodes like this alone never block each other.',
  },
  'io-seq': {
    name: 'I/O-SEQ',
    says: 'In each round it makes one half of its communications, in any order, and then the other: as long as nothing ends, a rule decides whether nodes like this block each other, by the rings they stand in.',
  },
  round: {
    name: 'rounds',
    says: 'It makes each of its communications once a round, some before others: as long as nothing ends, a rule decides whether nodes like this block each other, by the rings they stand in.',
  },
  none: undefined,
};

const words = {
  serves: {
    name: 'client-server',
    says: 'It waits for all who may send to it or call it, and until it waits again it only sends and calls: where nodes like this stand in no ring, a rule can prove that they never block each other, without a search.',
  },
  deterministic: {
    name: 'deterministic',
    says: 'Its contract never decides by itself: what it does next is up to those it communicates with, so the checks have fewer ways to look at.',
  },
  decides: {
    name: 'decides by itself',
    says: 'Some of what it does depends on messages, time or chance: the checks look at every way it may decide, so what they prove holds for all.',
  },
  mayEnd: {
    name: 'may end',
    says: 'It can come to its end, which is no deadlock: those around it are told.',
  },
  endless: {
    name: 'never ends',
    says: 'It goes on until it is stopped: a design with it never comes to its end by itself.',
  },
} as const;

/**
 * V139  What class of process a kind is, each with what that is good for: by its contract with default settings and two channels on each many port, for one
 *       channel would hide whom it waits for. None of a kind that stands for other nodes, or whose contract means nothing.
 */
export function classesOf({ spec, contractOf }: Pick<KnownKind, 'spec' | 'contractOf'>): readonly ComponentClass[] {
  if (spec.nests === true) return [];
  const ports = Object.entries(spec.ports);
  const compiled = compile(contractOf({}, Object.fromEntries(ports.map(([name, { many }]) => [name, many ? 2 : 1]))));
  if (!compiled.ok) return [];
  const inputs = ports.filter(([, { direction }]) => direction === 'in').map(([name]) => name);
  const found = classOf(compiled.lts, new Set(inputs));
  const round = rounds[found.rounds];
  return [
    ...(found.serves ? [words.serves] : []),
    ...(round === undefined ? [] : [round]),
    found.deterministic ? words.deterministic : words.decides,
    found.mayEnd ? words.mayEnd : words.endless,
  ];
}
