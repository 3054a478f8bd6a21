import type { Finding, Validation } from '#model/finding.ts';
import { createStore, type Store } from '../base/store.ts';
import { validateDesign } from '../client/client.ts';
import type { DesignStore } from '../design/design-store.ts';

/** What is known about the design. `asking` keeps the last answer while a new one is on its way. */
export interface Checked {
  readonly is: 'asking' | 'told' | 'unanswered';
  readonly validation: Validation | null;
}

/** The checks of a design: asked again after every committed change that is not only a move. */
export interface Checks {
  readonly state: Store<Checked>;
  ask(): void;
  close(): void;
}

const restMs = 180;
const againMs = 4_000;

/** Watches a design; `arose` hears of findings that were not there before. */
export function watchChecks(design: DesignStore, arose: (findings: readonly Finding[]) => void): Checks {
  const state = createStore<Checked>({ is: 'asking', validation: null });
  let asked: unknown[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;
  let closed = false;

  const ask = async () => {
    const mine = ++round;
    state.set((now) => ({ ...now, is: 'asking' }));
    try {
      const validation = await validateDesign(design.state.get().confirmed.id);
      if (mine !== round || closed) return;
      const before = state.get().validation;
      state.set({ is: 'told', validation });
      const fresh = before === null ? [] : newFindings(before, validation);
      if (fresh.length > 0) arose(fresh);
    } catch {
      if (mine !== round || closed) return;
      state.set((now) => ({ ...now, is: 'unanswered' }));
      later(againMs);
    }
  };
  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ms);
  };
  const look = () => {
    const { nodes, connections } = design.state.get().confirmed;
    if (asked[0] === nodes && asked[1] === connections) return;
    asked = [nodes, connections];
    state.set((now) => ({ ...now, is: 'asking' }));
    later(restMs);
  };
  const leave = design.state.subscribe(look);
  asked = [design.state.get().confirmed.nodes, design.state.get().confirmed.connections];
  void ask();
  return {
    state,
    ask: () => void ask(),
    close() {
      closed = true;
      clearTimeout(timer);
      leave();
    },
  };
}

const keyOf = ({ rule, verdict, nodes }: Finding): string => `${rule}/${verdict}/${rule === 'deadlock' ? '' : nodes.join()}`;

/** Errors and refutations of the second answer that the first has not. */
export function newFindings(before: Validation, after: Validation): readonly Finding[] {
  const known = new Set(before.findings.map(keyOf));
  return after.findings.filter((finding) => finding.verdict === 'refuted' && !known.has(keyOf(finding)));
}

/** What is wrong or not known, worst first; what is proved is not a problem. */
export function problemsOf(validation: Validation | null): readonly Finding[] {
  const rank = { error: 0, warning: 1, info: 2 } as const;
  return (validation?.findings ?? [])
    .filter(({ verdict }) => verdict !== 'proved')
    .toSorted((a, b) => (b.trace === undefined ? 0 : 1) - (a.trace === undefined ? 0 : 1) || rank[a.severity] - rank[b.severity]);
}

/** The answer in words. `tone` also chooses the shape of its icon, so that colour is never alone. */
export interface Said {
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
  readonly icon: 'shield' | 'cancel' | 'unsure' | 'alert';
  readonly text: string;
}

/** The verdict of a design in words: unknown is never shown as passed. */
export function verdictOf(validation: Validation | null): Said {
  if (validation === null) return { tone: 'plain', icon: 'unsure', text: 'Not checked yet' };
  const deadlock = validation.findings.find(({ rule }) => rule === 'deadlock');
  if (deadlock?.verdict === 'refuted') return { tone: 'bad', icon: 'cancel', text: 'Can deadlock' };
  const errors = validation.findings.filter(({ severity, verdict }) => severity === 'error' && verdict !== 'proved').length;
  if (errors > 0)
    return { tone: 'warn', icon: 'alert', text: errors === 1 ? 'One thing is missing' : `${errors} things are missing` };
  if (deadlock?.verdict === 'proved') return { tone: 'good', icon: 'shield', text: 'Proved deadlock-free' };
  if (deadlock === undefined && validation.verdict === 'proved') return { tone: 'good', icon: 'shield', text: 'No problems' };
  return { tone: 'warn', icon: 'unsure', text: 'Unknown' };
}
