import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Ack, Tx } from '#model/edits/tx.ts';
import type { GivenBack, News, Travelled } from './design-state.ts';
import { applyPartly, type LeftEdit, type Lost } from './line.ts';
import { aboutOf, type Note, type Offer } from './notes.ts';
import { leftWords, takenBackWords, travelledWords } from './words.ts';

/** Something of this person that is taken back. */
export interface Loss {
  readonly label: string;
  readonly lost: Lost;
  readonly given: GivenBack;
}

interface Around {
  readonly kinds: Kinds;
  newId(): string;
  now(): number;
  tell(news: News): void;
  settles?(given: GivenBack): boolean;
  shown(): Design;
  /** Keeps what is to be listed. */
  note(notes: readonly Note[]): void;
}

/** More at once are one line. */
const manyLosses = 2;
const restoreWord = 'Restore with my edit';

/** What more there is to say about a line. */
export interface More {
  readonly about: readonly string[];
  readonly offer?: Offer | undefined;
}

/** E32 E47  Says in lines what came of this person's edits, and has it listed. */
export class Telling {
  readonly #around: Around;
  /** Taken back, and not told yet. */
  readonly #losses: Loss[] = [];
  /** Sent as far as it fits: what does not is told with the answer. */
  readonly #partly = new Map<string, Tx>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** One line, listed as it is. */
  line(is: Note['is'], text: string, more: More): void {
    this.#say({ is, text, notes: [this.#note(is, text, more)] });
  }

  went(sent: ReadonlyMap<string, Tx>): void {
    for (const [txId, tx] of sent) if (tx.atomic === false) this.#partly.set(txId, tx);
  }

  /** What the server left out of an undo. The answer may come after the transaction itself. */
  left({ txId, left = [] }: Ack): void {
    const sent = this.#partly.get(txId);
    this.#partly.delete(txId);
    for (const { number, refusal } of left) {
      const edit = sent?.edits[number];
      if (edit === undefined) continue;
      const words = leftWords({ edit, refusal }, this.#around.shown(), refusal.since?.actor);
      this.line('left', `${sent?.label ?? 'undo'}: ${words}`, { about: aboutOf([edit]) });
    }
  }

  /** What could not be taken back is listed; whoever asked for it says the line. */
  travelled(which: 'undo' | 'redo', done: Travelled, edits: readonly Edit[]): void {
    if (done.is === 'nothing' || (done.is === 'done' && done.left.length === 0)) return;
    this.#around.note([this.#note('left', travelledWords(which, done), { about: aboutOf(edits) })]);
  }

  /** To be told once all that belongs to it is known. */
  loses(loss: Loss): void {
    this.#losses.push(loss);
  }

  /** Tells what was lost: a line each, or one for many. */
  losses(): void {
    const losses = this.#losses.splice(0).map((loss) => ({ ...loss, words: this.#wordsOf(loss) }));
    const [first] = losses;
    if (first === undefined) return;
    const notes = losses.map(({ label, lost, given, words }) =>
      this.#note('taken-back', words, { about: aboutOf(given.edits), offer: offerOf(label, lost) }),
    );
    if (losses.length > manyLosses) {
      this.#say({ is: 'taken-back', text: `${first.words} So are ${losses.length - 1} more.`, notes });
      return;
    }
    for (const [at, { words, given }] of losses.entries())
      this.#say({ is: 'taken-back', text: words, notes: notes.slice(at, at + 1), lost: given });
  }

  /** What of an offer could not be done. What is back already need not come back. */
  unfit(left: readonly LeftEdit[], design: Design, any: boolean): void {
    for (const one of left.filter(({ refusal }) => refusal.code !== 'ID_TAKEN'))
      this.line('left', `${any ? 'Restored' : 'Not done'}; ${leftWords(one, design, undefined)}`, { about: aboutOf([one.edit]) });
  }

  /** Says and lists what another line of this person has come to. */
  also(news: News): void {
    this.#say(news);
  }

  #wordsOf({ label, lost }: Loss): string {
    return takenBackWords(label, lost, this.#around.shown(), this.#around.kinds);
  }

  #note(is: Note['is'], text: string, { about, offer }: More): Note {
    const { newId, now } = this.#around;
    return { id: newId(), is, text, atMs: now(), about, ...(offer !== undefined && { offer }) };
  }

  #say(news: News): void {
    if (news.lost !== undefined && this.#around.settles?.(news.lost) === true) return;
    this.#around.note(news.notes);
    this.#around.tell(news);
  }
}

function offerOf(label: string, { restore }: Lost): Offer | undefined {
  return restore === undefined ? undefined : { word: restoreWord, label: `restore with ${label}`, edits: restore };
}

/** What offers do together, as far as it fits the design as shown. */
export function offered(notes: readonly Note[], shown: Design, kinds: Kinds) {
  const offers = notes.flatMap(({ offer }) => offer ?? []);
  const [first] = offers;
  const label = offers.length === 1 && first !== undefined ? first.label : `restore with ${offers.length} changes`;
  return {
    label,
    ...applyPartly(
      shown,
      offers.flatMap(({ edits }) => edits),
      kinds,
    ),
  };
}
