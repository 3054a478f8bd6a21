import type { Finding, Validation } from '#model/checks/finding.ts';

/** What the checks found, sorted by what it means to who draws. */
export interface Groups {
  readonly wrong: readonly Finding[];
  readonly unknown: readonly Finding[];
  /** What is no problem and not proved either: open by what a schema or contract leaves open, or only worth knowing. */
  readonly notes: readonly Finding[];
  readonly proved: readonly Finding[];
}

/** V116  What is wrong, what is not known, what is no problem, what is proved; what can be played comes first, then the worst. */
export function groupsOf(validation: Validation | null): Groups {
  const rank = { error: 0, warning: 1, info: 2 } as const;
  const sorted = (validation?.findings ?? []).toSorted(
    (a, b) => (b.trace === undefined ? 0 : 1) - (a.trace === undefined ? 0 : 1) || rank[a.severity] - rank[b.severity],
  );
  const isNote = ({ severity }: Finding) => severity === 'info';
  const problems = sorted.filter((finding) => !isNote(finding));
  return {
    wrong: problems.filter(({ verdict }) => verdict === 'refuted'),
    unknown: problems.filter(({ verdict }) => verdict === 'unknown'),
    notes: sorted.filter((finding) => isNote(finding) && finding.verdict !== 'proved'),
    proved: sorted.filter(({ verdict }) => verdict === 'proved'),
  };
}

/** V116  How many errors and warnings there are. */
export function problemCount(validation: Validation | null): number {
  const { wrong, unknown } = groupsOf(validation);
  return wrong.length + unknown.length;
}

/** The answer in words. `tone` also chooses the shape of its icon, so that colour is never alone. */
export interface Said {
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
  readonly icon: 'shield' | 'cancel' | 'unsure' | 'alert';
  readonly text: string;
}

/** What keeps a design from being whole, rather than what it does wrong. */
const isMissing = ({ rule }: Finding): boolean =>
  rule === 'unconnected-port' || rule === 'contract' || rule.startsWith('subdesign-');

/** V116  The verdict of a design in words, about deadlock and errors: unknown is never shown as passed. `empty`: nothing is drawn yet. */
export function verdictOf(validation: Validation | null, empty = false): Said {
  if (empty) return { tone: 'plain', icon: 'unsure', text: 'Nothing to check yet' };
  if (validation === null) return { tone: 'plain', icon: 'unsure', text: 'Not checked yet' };
  const deadlock = validation.findings.find(({ rule }) => rule === 'deadlock');
  if (deadlock?.verdict === 'refuted') return { tone: 'bad', icon: 'cancel', text: 'Can deadlock' };
  const errors = validation.findings.filter(({ severity, verdict }) => severity === 'error' && verdict !== 'proved');
  if (errors.length > 0) return wrongOf(errors);
  if (deadlock?.verdict === 'proved' && deadlock.rechecked !== false)
    return { tone: 'good', icon: 'shield', text: 'Proved deadlock-free' };
  if (deadlock === undefined && validation.verdict === 'proved') return { tone: 'good', icon: 'shield', text: 'No problems' };
  return { tone: 'warn', icon: 'unsure', text: 'Unknown' };
}

function wrongOf(errors: readonly Finding[]): Said {
  if (errors.some(({ rule, verdict }) => rule === 'partial-deadlock' && verdict === 'refuted'))
    return { tone: 'bad', icon: 'cancel', text: 'A part can get stuck' };
  if (errors.every(isMissing)) {
    const text = errors.length === 1 ? 'One thing is missing' : `${errors.length} things are missing`;
    return { tone: 'warn', icon: 'alert', text };
  }
  return { tone: 'bad', icon: 'alert', text: errors.length === 1 ? 'One error' : `${errors.length} errors` };
}

const whateverIsLookedAt = /a buffer can hold more messages than are counted$/;

/** V117  Whether a longer look could tell more: the search ran out of something. */
export function mayLookFurther({ verdict, states = 0, tried = [] }: Finding): boolean {
  return verdict === 'unknown' && states > 0 && !whateverIsLookedAt.test(tried.at(-1) ?? '');
}
