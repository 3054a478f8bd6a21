import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { isSame } from '#model/merging/compare.ts';
import type { MergeConflict } from '#model/merging/history.ts';
import { type Choices, type Merged, mergeDesigns } from '../client/history-client.ts';
import { Refused, reasonOf } from '../client/problem.ts';
import { useDesk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { Icon } from '../theme/icon.tsx';
import { choicesFor, openOnes, sideWords, withNew } from './conflict-words.ts';

/** Which design goes into which. */
export interface MergeWish {
  readonly into: string;
  readonly intoName: string;
  readonly from: string;
  readonly fromName: string;
}

interface Props {
  readonly wish: MergeWish;
  readonly close: () => void;
}

/** What a merge would do; where both sides changed the same, a person says which holds. */
export function MergeDialog({ wish, close }: Props) {
  const { data, error } = useQuery({
    queryKey: ['merge', wish.into, wish.from],
    queryFn: () => mergeDesigns(wish.into, wish.from, {}, true),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog merge" aria-describedby={undefined}>
          <header className="dialog-head">
            <Dialog.Title className="panel-title">
              Merge {wish.fromName} into {wish.intoName}
            </Dialog.Title>
            <Dialog.Close className="button plain slim icon-only" aria-label="Close">
              <Icon name="close" size={14} />
            </Dialog.Close>
          </header>
          {error !== null && <p className="nothing">{reasonOf(error)}</p>}
          {error === null && data === undefined && <p className="nothing">Comparing…</p>}
          {data !== undefined && <Choosing wish={wish} would={data} close={close} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Choosing({ wish, would, close }: Props & { readonly would: Merged }) {
  const { merge, conflicts, chosen, choose, busy } = useMerge(wish, would, close);
  const open = openOnes(conflicts, chosen);
  const none = conflicts.length === 0 && isSame(would.changes);
  return (
    <form
      className="merge-body"
      onSubmit={(event) => {
        event.preventDefault();
        void merge();
      }}
    >
      <p role="status">{summary(would, conflicts, open.length, none)}</p>
      {conflicts.map((conflict) => (
        <Conflict key={conflict.key} wish={wish} conflict={conflict} side={chosen[conflict.key]} choose={choose} />
      ))}
      <footer className="button-row">
        <button type="submit" className="button primary" disabled={busy || none || open.length > 0}>
          Merge
        </button>
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
      </footer>
    </form>
  );
}

function useMerge(wish: MergeWish, would: Merged, close: () => void) {
  const desk = useDesk();
  const queries = useQueryClient();
  const [conflicts, setConflicts] = useState(would.conflicts);
  const [chosen, setChosen] = useState<Choices>({});
  const [busy, setBusy] = useState(false);
  const merge = async () => {
    setBusy(true);
    try {
      await mergeDesigns(wish.into, wish.from, choicesFor(conflicts, chosen), false);
      await queries.invalidateQueries({ queryKey: ['branch'] });
      const here = desk.design.state.get().confirmed.id === wish.into;
      const open = here ? undefined : { label: 'Open', run: () => desk.go(wish.into) };
      say('good', `${wish.fromName} is merged into ${wish.intoName}.`, open);
      close();
    } catch (error) {
      const told = error instanceof Refused ? error.problem['conflicts'] : undefined;
      if (Array.isArray(told)) setConflicts(withNew(conflicts, told as MergeConflict[]));
      say('bad', `Not merged: ${reasonOf(error)}`);
    }
    setBusy(false);
  };
  const choose = (key: string, side: 'ours' | 'theirs') => setChosen((now) => ({ ...now, [key]: side }));
  return { merge, conflicts, chosen, choose, busy };
}

function summary({ changes }: Merged, conflicts: readonly MergeConflict[], open: number, none: boolean): string {
  if (none) return 'There is nothing new to merge.';
  const { nodes, connections } = changes;
  const words = `${nodes.added.length + connections.added.length} added, ${nodes.removed.length + connections.removed.length} removed, ${
    nodes.changed.length + nodes.moved.length + connections.changed.length + connections.rewired.length
  } changed.`;
  if (conflicts.length === 0) return `${words} Nothing is at odds.`;
  return open === 0
    ? words
    : `${words} ${open === 1 ? 'One thing was' : `${open} things were`} changed on both sides: choose what holds.`;
}

interface ConflictProps {
  readonly wish: MergeWish;
  readonly conflict: MergeConflict;
  readonly side: 'ours' | 'theirs' | undefined;
  readonly choose: (key: string, side: 'ours' | 'theirs') => void;
}

function Conflict({ wish, conflict, side, choose }: ConflictProps) {
  const { key, message, minor } = conflict;
  const Side = (of: 'ours' | 'theirs', name: string) => (
    <label className="merge-side">
      <input
        type="radio"
        name={key}
        checked={(side ?? (minor === true ? 'ours' : undefined)) === of}
        onChange={() => choose(key, of)}
      />
      <span>
        <b>{name}</b>: {sideWords(conflict, of)}
      </span>
    </label>
  );
  return (
    <fieldset className="merge-conflict" data-conflict={key}>
      <legend>
        {message}
        {minor === true && <span className="quiet"> (only about the drawing)</span>}
      </legend>
      {Side('ours', wish.intoName)}
      {Side('theirs', wish.fromName)}
      <p className="small quiet">Before: {sideWords(conflict, 'base')}</p>
    </fieldset>
  );
}
