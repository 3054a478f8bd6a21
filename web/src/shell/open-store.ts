import type { Kinds } from '#model/component.ts';
import type { Ack, CommittedTx, Tx } from '#model/edits/tx.ts';
import { commitTx } from '../client/client.ts';
import type { Live } from '../client/live.ts';
import { Refused } from '../client/problem.ts';
import type { DesignStore, News, Surroundings } from '../design/design-state.ts';
import { openDesign } from '../design/design-store.ts';
import { aboutOf } from '../design/notes.ts';
import { doneWords } from '../design/words.ts';
import { valueWords } from '../design/writes.ts';
import { draftChange } from '../keeping/drafts.ts';
import type { Keeper } from '../keeping/keeper.ts';
import { myName } from '../people/my-name.ts';
import { isTakenBack } from './given-back.ts';
import type { KeptDesign } from './kept-design.ts';
import { announce, say } from './toasts.ts';

/** Opens the design itself, as it was kept, with all that was left of it in this browser: drafts, and what tabs that are gone had waiting. */
export function openStore({ line, keeper }: KeptDesign, live: Live, kinds: Kinds): DesignStore {
  const around: Surroundings = {
    kinds,
    send: live.send,
    sendLarge,
    newId: () => crypto.randomUUID(),
    now: Date.now,
    later,
    tell: (news) => tell(store, news),
    settles: isTakenBack,
    name: myName.get,
  };
  const store: DesignStore = openDesign(line, {
    ...around,
    keep: (next) => keeper.keep(next),
    theirs: (tx) => told(tx, store, kinds),
  });
  void finishDrafts(keeper, store, kinds);
  void sendLeft(keeper, live, { ...around, tell: (news) => store.also(news) });
  return store;
}

/** Calls once after a while; the answer calls it off. */
export function later(call: () => void, ms: number): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

async function sendLarge(designId: string, tx: Tx): Promise<Ack | { readonly never: string } | undefined> {
  try {
    return await commitTx(designId, tx);
  } catch (error) {
    return error instanceof Refused && !error.mayPass ? { never: error.message } : undefined;
  }
}

const tones = { 'taken-back': 'bad', overtaken: 'plain', stands: 'plain', left: 'plain', aside: 'bad' } as const;

function tell(store: DesignStore, { is, text, notes }: News): void {
  const offers = notes.filter(({ offer }) => offer !== undefined);
  const word = offers[0]?.offer?.word;
  const run = () => store.take(offers.map(({ id }) => id));
  say(tones[is], text, word === undefined ? undefined : { label: word, run });
}

function told(tx: CommittedTx, store: DesignStore, kinds: Kinds): void {
  announce(`${tx.actor}: ${doneWords(tx, store.state.get().shown, kinds)}`);
}

// E52  What was typed when the page went becomes the change that it was about to be.
async function finishDrafts(keeper: Keeper, store: DesignStore, kinds: Kinds): Promise<void> {
  for (const draft of await keeper.takeDrafts()) {
    const { label, edits } = draftChange(draft, store.state.get().shown, kinds);
    const refusal = edits.length === 0 ? undefined : store.commit(label, edits);
    if (refusal === undefined) continue;
    const text = `Not stored: ${label} to ${valueWords(draft.text)}. ${refusal.message}`;
    const note = { id: crypto.randomUUID(), is: 'taken-back', text, atMs: Date.now(), about: aboutOf(edits) } as const;
    store.also({ is: 'taken-back', text, notes: [note] });
  }
}

// What tabs that are gone have left waiting of this design: each is sent as if it were still there.
async function sendLeft(keeper: Keeper, live: Live, around: Surroundings): Promise<void> {
  for (const { line, keep } of await keeper.takeOver()) {
    const store = openDesign(line, { ...around, keep: (next) => void keep(next) });
    const leave = live.hear(line.confirmed.id, {
      opened: () => store.opened(),
      lost: () => store.lost(),
      heard: (message) => store.heard(message),
    });
    store.state.subscribe(() => store.state.get().waiting.length === 0 && leave());
  }
}
