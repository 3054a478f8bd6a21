import type { Drawing } from '#contract/check/drawing.ts';
import type { Finding, Validation } from '#model/checks/finding.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import { createStore, type Store } from '../base/store.ts';
import type { PageCheck } from '../checks/page-check.ts';
import type { DesignStore } from '../design/design-state.ts';

/** What is known about the design. `asking` keeps the last answer while a new one is on its way. */
export interface Checked {
  readonly is: 'asking' | 'told' | 'unanswered';
  readonly validation: Validation | null;
  /** States looked at so far, while asking. */
  readonly states?: number;
  /** The other questions are still looked at. */
  readonly more?: boolean;
  /** Milliseconds the thread of the page took; absent when the server answered. */
  readonly tookMs?: number;
}

/** The checks of a design: asked at once after every change that is not only a move. */
export interface Checks {
  readonly state: Store<Checked>;
  ask(): void;
  /** Takes the answer of a longer look, if the design is still the one that was looked at. */
  take(rev: number, validation: Validation): void;
  close(): void;
}

/** The outside of the checks. */
export interface CheckAround {
  readonly specs: readonly ComponentSpec[];
  readonly page: PageCheck;
  /** What the server says about the design as it has it. */
  server(): Promise<Validation>;
  later(call: () => void, ms: number): () => void;
  /** The drawing is another one than that of the last answer. */
  changed(): void;
  /** Findings that were not there before. */
  arose(findings: readonly Finding[]): void;
}

const restMs = 180;
const keptRevs = 20;
const againMs = 4_000;

/**
 * V111  Watches a design as it is shown: what waits to be stored counts too. The page looks by itself; a design with nodes that
 * stand for others, which only the server has, is asked about there once it is stored.
 */
export function watchChecks(design: DesignStore, around: CheckAround): Checks {
  return new Watching(design, around);
}

class Watching implements Checks {
  readonly state = createStore<Checked>({ is: 'asking', validation: null });
  readonly #design: DesignStore;
  readonly #around: CheckAround;
  readonly #nests: ReadonlySet<string>;
  readonly #leave: () => void;
  #seen: Drawing | undefined;
  #key = '';
  /** What has been said already. */
  #known: Validation | null = null;
  /** Whether all questions have been answered once. */
  #knowsAll = false;
  /** What was drawn in the last revisions. */
  readonly #keys = new Map<number, string>();
  #round = 0;
  #callOff: (() => void) | undefined;

  constructor(design: DesignStore, around: CheckAround) {
    this.#design = design;
    this.#around = around;
    this.#nests = new Set(around.specs.filter(({ nests }) => nests).map(({ kind }) => kind));
    this.#leave = design.state.subscribe(() => this.#look());
    this.#look();
  }

  ask(): void {
    const { shown } = this.#design.state.get();
    this.state.set((now) => ({ is: 'asking', validation: now.validation }));
    const round = ++this.#round;
    this.#callOff?.();
    if (this.#needsServer(shown)) {
      this.#callOff = this.#around.later(() => void this.#askServer(round), restMs);
      return;
    }
    const { nodes, connections } = shown;
    this.#around.page.check({ nodes, connections }, (answer) => {
      if (round !== this.#round) return;
      if (answer.is === 'progress') this.state.set((now) => ({ ...now, states: answer.states }));
      else if (answer.is === 'told') this.#tell(answer.validation, answer);
      // The server knows what the page could not find out.
      else void this.#askServer(round);
    });
  }

  take(rev: number, validation: Validation): void {
    if (this.#keys.get(rev) !== this.#key) return;
    this.#round++;
    this.#tell(validation);
  }

  close(): void {
    this.#round++;
    this.#callOff?.();
    this.#leave();
    this.#around.page.close();
  }

  #look(): void {
    const { shown, confirmed } = this.#design.state.get();
    if (!this.#keys.has(confirmed.rev)) this.#remember(confirmed);
    const { nodes, connections } = shown;
    if (this.#seen?.nodes === nodes && this.#seen.connections === connections) return;
    this.#seen = { nodes, connections };
    const key = keyOf(shown);
    if (key === this.#key) return;
    this.#key = key;
    this.#around.changed();
    this.ask();
  }

  #remember(confirmed: Design): void {
    this.#keys.set(confirmed.rev, keyOf(confirmed));
    const [oldest = 0] = this.#keys.keys();
    if (this.#keys.size > keptRevs) this.#keys.delete(oldest);
  }

  #isStored(): boolean {
    return this.#keys.get(this.#design.state.get().confirmed.rev) === this.#key;
  }

  #needsServer({ nodes }: Drawing): boolean {
    return Object.values(nodes).some(({ kind }) => this.#nests.has(kind));
  }

  // What it says is about what is stored, so that has to be what is shown: before, it is asked again.
  async #askServer(round: number): Promise<void> {
    const again = () => {
      this.#callOff = this.#around.later(() => void this.#askServer(round), restMs);
    };
    if (!this.#isStored()) return again();
    try {
      const validation = await this.#around.server();
      if (round !== this.#round) return;
      if (this.#keys.get(validation.rev ?? -1) === this.#key) this.#tell(validation);
      else again();
    } catch {
      if (round !== this.#round) return;
      this.state.set((now) => ({ is: 'unanswered', validation: now.validation }));
      this.#callOff = this.#around.later(() => this.ask(), againMs);
    }
  }

  #tell(validation: Validation, { tookMs, more = false }: { readonly tookMs?: number; readonly more?: boolean } = {}): void {
    this.state.set({ is: 'told', validation, more, ...(tookMs !== undefined && { tookMs }) });
    // What the other questions come to for the first time was there before.
    const known = more || this.#knowsAll ? this.#known : null;
    const fresh = known === null ? [] : newFindings(known, validation);
    // While answers are still to come, what is not said again is not gone.
    const said = new Set(validation.findings.map(({ rule }) => rule));
    const kept = more ? (this.#known?.findings ?? []).filter(({ rule }) => !said.has(rule)) : [];
    this.#known = { ...validation, findings: [...kept, ...validation.findings] };
    this.#knowsAll ||= !more;
    if (fresh.length > 0) this.#around.arose(fresh);
  }
}

// Two drawings that differ in nothing a check looks at have the same. What waits is applied again at each turn, and so is never itself.
function keyOf({ nodes, connections }: Drawing): string {
  const parts = Object.values(nodes).map(({ id, kind, version, settings }) => [id, kind, version, settings]);
  return JSON.stringify([parts, Object.values(connections)]);
}

const findingKey = ({ rule, verdict, nodes }: Finding): string => `${rule}/${verdict}/${rule === 'deadlock' ? '' : nodes.join()}`;

/** Errors and refutations of the second answer that the first has not. */
export function newFindings(before: Validation, after: Validation): readonly Finding[] {
  const known = new Set(before.findings.map(findingKey));
  return after.findings.filter((finding) => finding.verdict === 'refuted' && !known.has(findingKey(finding)));
}
