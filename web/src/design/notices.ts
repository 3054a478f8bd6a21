import { sameJson } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { Pending } from './line.ts';
import { aboutOf } from './notes.ts';
import type { More } from './telling.ts';
import { valueWords, type Write, writesOf } from './writes.ts';

/** E38  Two people who set the same value within a few seconds both hear of it: the later one stands, and a click sets the other. */
export interface Notices {
  /** This person has set values. */
  wrote(txId: string, edits: readonly Edit[]): void;
  /** Somebody else has; what still waits here comes after it. */
  theirs(tx: CommittedTx, waiting: readonly Pending[]): void;
}

interface Around {
  now(): number;
  /** What it is that an edit sets something of. */
  of(edit: Edit): string;
  line(is: 'stands' | 'overtaken', text: string, more: More): void;
}

const atOnceMs = 8_000;

export function createNotices(around: Around): Notices {
  const mine = new Map<string, Write & { readonly txId: string; readonly atMs: number }>();
  const tell = (write: Write, own: Write & { txId: string }, actor: string, waiting: readonly Pending[]): void => {
    // A name is known by what it was here; by now it is another.
    const isName = write.what === 'name' || write.what === 'title';
    const what = isName ? `the ${write.what} ${valueWords(own.value)}` : `${write.what}${around.of(write.edit)}`;
    const about = aboutOf([own.edit]);
    if (waiting.some(({ txId }) => txId === own.txId)) {
      const text = `${actor} set ${what} to ${valueWords(write.value)} just before; yours, ${valueWords(own.value)}, stands.`;
      around.line('stands', text, {
        about,
        offer: { word: 'Use theirs', label: `set ${what} as ${actor} did`, edits: [write.edit] },
      });
      return;
    }
    const text = `${actor} changed ${what} to ${valueWords(write.value)}.`;
    around.line('overtaken', text, { about, offer: { word: 'Undo', label: `set ${what} again`, edits: [own.edit] } });
  };
  return {
    wrote(txId, edits) {
      const atMs = around.now();
      for (const [key, write] of mine) if (atMs - write.atMs > atOnceMs) mine.delete(key);
      for (const write of writesOf(edits)) mine.set(write.key, { ...write, txId, atMs });
    },
    theirs({ actor, edits }, waiting) {
      for (const write of writesOf(edits)) {
        const own = mine.get(write.key);
        if (own === undefined || around.now() - own.atMs > atOnceMs || sameJson(own.value, write.value)) continue;
        mine.delete(write.key);
        tell(write, own, actor, waiting);
      }
    },
  };
}
