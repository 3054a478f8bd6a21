import type { KnownKind } from '#contract/wiring.ts';
import type { ContractText, ContractWish } from '#model/checks/contract-text.ts';
import type { Finding, Validation } from '#model/checks/finding.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { answerOthers, hasOthers, type Prepared, prepareCheck, searchDeadlock, toValidation } from './check.ts';
import type { Budget } from './engine.ts';
import { composersFor } from './question.ts';

/** What is checked of a drawing. */
export type Drawing = Pick<DesignBody, 'nodes' | 'connections'>;

/**
 * What the page tells the thread that checks. `number` tells checks apart; `deadlock`: that much is known of the drawing, and all
 * else is asked; absent: only that is asked.
 */
export type ToChecker =
  | { readonly is: 'kinds'; readonly specs: readonly ComponentSpec[] }
  | { readonly is: 'texts'; readonly texts: readonly AnsweredWish[] }
  | {
      readonly is: 'check';
      readonly number: number;
      readonly drawing: Drawing;
      readonly budget: Omit<Budget, 'now' | 'goOn'>;
      readonly deadlock?: Finding;
    };

/** What the thread answers. `lacking`: contracts that must be known first; the check is then to be asked again. `more`: it is not all. */
export type FromChecker =
  | { readonly is: 'lacking'; readonly number: number; readonly wishes: readonly ContractWish[] }
  | { readonly is: 'progress'; readonly number: number; readonly states: number }
  | {
      readonly is: 'told';
      readonly number: number;
      readonly validation: Validation;
      readonly tookMs: number;
      readonly more: boolean;
    }
  | { readonly is: 'failed'; readonly number: number; readonly reason: string };

/** Texts that were made of the same settings, by what these were. */
interface MadeOf {
  readonly reads: readonly string[] | undefined;
  readonly texts: Map<string, ContractText>;
}

export type AnsweredWish = ContractWish & { readonly answer: ContractText };

const progressEveryMs = 100;
const tellEveryMs = 250;

/**
 * V111, V112  Checks drawings where the components' code is not: from the catalogue alone, and from contract texts that were asked for
 * elsewhere. What is known of kinds, and so all that is worked out of a contract, is kept from one check to the next.
 */
export class DrawingChecker {
  readonly #tell: (message: FromChecker) => void;
  readonly #now: () => number;
  readonly #kinds = new Map<string, KnownKind>();
  /** By kind, version and channels. */
  readonly #texts = new Map<string, Map<string, MadeOf>>();
  /** The version that settings are of, where it is not the present one. */
  readonly #versions = new WeakMap<object, number>();
  #progressMs = 0;
  readonly #composers = composersFor('ready');
  readonly #lacking = new Map<string, ContractWish>();

  /** @param now milliseconds from any start. */
  constructor(tell: (message: FromChecker) => void, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  hear(message: ToChecker): void {
    if (message.is === 'kinds') for (const spec of message.specs) this.#kinds.set(spec.kind, this.#known(spec));
    else if (message.is === 'texts') for (const text of message.texts) this.#keep(text);
    else this.#check(message);
  }

  #check({ number, drawing, budget, deadlock }: Extract<ToChecker, { is: 'check' }>): void {
    const started = this.#now();
    this.#progressMs = started;
    try {
      const prepared = this.#prepare(drawing);
      if (prepared === undefined) {
        this.#tell({ is: 'lacking', number, wishes: [...this.#lacking.values()] });
        return;
      }
      const timed: Budget = { ...budget, now: this.#now, goOn: (states) => this.#progress(number, states) };
      const tell = (findings: readonly Finding[], more: boolean): void =>
        this.#tell({ is: 'told', number, validation: toValidation(prepared, findings), tookMs: this.#now() - started, more });
      const heard = this.#seldom((found) => tell(found, true));
      if (deadlock === undefined) tell([searchDeadlock(prepared, { ...timed, atOnce: true })], hasOthers(prepared));
      else tell(answerOthers(prepared, withShorterWay(prepared, deadlock, timed), timed, { heard }), false);
    } catch (thrown) {
      this.#tell({ is: 'failed', number, reason: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  // So that what is told at once, of most designs, is told in one go.
  #seldom(tell: (found: readonly Finding[]) => void): (found: readonly Finding[]) => void {
    let lastMs = this.#now();
    return (found) => {
      if (this.#now() - lastMs < tellEveryMs) return;
      lastMs = this.#now();
      tell(found);
    };
  }

  #progress(number: number, states: number): true {
    const nowMs = this.#now();
    if (nowMs - this.#progressMs < progressEveryMs) return true;
    this.#progressMs = nowMs;
    this.#tell({ is: 'progress', number, states });
    return true;
  }

  // Undefined when contracts are lacking. A kind that was asked in vain is then made anew, since faults are remembered by kind.
  #prepare({ nodes, connections }: Drawing): Prepared | undefined {
    this.#lacking.clear();
    const body = { name: '', description: '', canvas: { positions: {} }, nodes, connections };
    const prepared = prepareCheck(body, (kind) => this.#kinds.get(kind), 'ready', [], this.#composers);
    if (this.#lacking.size === 0) return prepared;
    for (const { kind } of this.#lacking.values()) {
      const spec = this.#kinds.get(kind)?.spec;
      if (spec !== undefined) this.#kinds.set(kind, this.#known(spec));
    }
    return undefined;
  }

  #keep({ answer: text, ...wish }: AnsweredWish): void {
    const made = this.#texts.get(groupOf(wish)) ?? new Map<string, MadeOf>();
    this.#texts.set(groupOf(wish), made);
    const name = JSON.stringify(text.reads ?? null);
    const group = made.get(name) ?? { reads: text.reads, texts: new Map() };
    made.set(name, group);
    group.texts.set(partOf(wish, group.reads), text);
  }

  #text(wish: ContractWish): ContractText | undefined {
    for (const { reads, texts } of this.#texts.get(groupOf(wish))?.values() ?? []) {
      const text = texts.get(partOf(wish, reads));
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #known(spec: ComponentSpec): KnownKind {
    if (spec.contractFixed) return { spec, contractOf: () => spec.contract };
    return {
      spec,
      contractOf: (settings, arity) => {
        const wish = { kind: spec.kind, version: this.#versions.get(settings) ?? spec.version, settings, arity };
        const known = this.#text(wish);
        if (known?.text !== undefined) return known.text;
        if (known === undefined) this.#lacking.set(keyOf(wish), wish);
        throw new Error(known?.fault ?? 'it is not known yet');
      },
      // The server brings settings to the present version, and answers with what comes of it.
      migrate: (settings, version) => {
        const same = { ...settings };
        this.#versions.set(same, version);
        return same;
      },
    };
  }
}

/** V144  The first answer took the first way that was found. */
function withShorterWay(prepared: Prepared, first: Finding, budget: Budget): Finding {
  const steps = first.trace?.steps.length ?? 0;
  if (first.verdict !== 'refuted' || steps < 2) return first;
  const again = searchDeadlock(prepared, { ...budget, maxMs: budget.maxMs / 3 });
  return again.verdict === 'refuted' && (again.trace?.steps.length ?? steps) <= steps ? again : first;
}

function groupOf({ kind, version, arity }: ContractWish): string {
  return JSON.stringify([kind, version, arity]);
}

// V112  What a text was made of decides it, whatever else is set.
function partOf({ settings }: ContractWish, reads: readonly string[] | undefined): string {
  return JSON.stringify(reads === undefined ? settings : reads.map((name) => settings[name] ?? null));
}

function keyOf({ kind, version, settings, arity }: ContractWish): string {
  return JSON.stringify([kind, version, settings, arity]);
}
