import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { compare } from '#model/merging/compare.ts';
import type { HistoryEntry, Revision } from '#model/merging/history.ts';
import { usePart } from '../base/store.ts';
import { getRevision, listHistory } from '../client/history-client.ts';
import { reasonOf } from '../client/problem.ts';
import { type Desk, useDesk, useShown, useUi } from '../shell/desk.ts';
import { type Difference, differencesOf } from './differences.ts';
import { createHistoryReader, type HistoryReader } from './history-list.ts';
import { type PastScene, pastScene } from './past-scene.ts';

/** What is read of a history, kept as long as a design is open. */

const readers = new WeakMap<Desk, Map<string, HistoryReader>>();

function readerOf(desk: Desk, element: string | null): HistoryReader {
  const ofDesk = readers.get(desk) ?? new Map<string, HistoryReader>();
  readers.set(desk, ofDesk);
  const key = element ?? '';
  const designId = desk.design.state.get().confirmed.id;
  const reader =
    ofDesk.get(key) ?? createHistoryReader((cursor) => listHistory(designId, { cursor, element: element ?? undefined }));
  ofDesk.set(key, reader);
  return reader;
}

const restMs = 250;

/** The history of the design, or of one element of it, that grows while edits arrive. */
export function useHistoryReader(element: string | null): HistoryReader {
  const desk = useDesk();
  const reader = useMemo(() => readerOf(desk, element), [desk, element]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let { rev } = desk.design.state.get().confirmed;
    void reader.fresh();
    const leave = desk.design.state.subscribe(() => {
      const now = desk.design.state.get().confirmed.rev;
      if (now === rev || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        rev = desk.design.state.get().confirmed.rev;
        void reader.fresh();
      }, restMs);
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [desk, reader]);
  return reader;
}

/** What an entry of the history did, in words. */
export const saidOf = ({ rev, says }: Pick<HistoryEntry, 'rev' | 'says'>): string => (rev === 1 ? 'make the design' : says);

/** A state of before, beside the present one. */
export interface Past {
  readonly rev: number;
  readonly body: DesignBody;
  readonly scene: PastScene;
  readonly differences: readonly Difference[];
}

function useRevision() {
  const desk = useDesk();
  const rev = useUi((ui) => ui.past);
  const designId = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  return useQuery({
    queryKey: ['revision', designId, rev],
    queryFn: () => getRevision(designId, rev ?? 1),
    enabled: rev !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
}

/** Why the state of before is not here; undefined when nothing is wrong. */
export function usePastFault(): string | undefined {
  const { error } = useRevision();
  return error === null ? undefined : reasonOf(error);
}

/** The state of before that is looked at; undefined until it is here. While another is fetched, the last one stays. */
export function usePast(): Past | undefined {
  const desk = useDesk();
  const present = useShown((shown) => shown);
  const { data } = useRevision();
  return useMemo(() => (data === undefined ? undefined : pastOf(data, present, desk.kinds)), [data, present, desk.kinds]);
}

let last: { readonly revision: Revision; readonly present: DesignBody; readonly past: Past } | undefined;

// The canvas, its bar and the list of differences ask for the same one.
function pastOf(revision: Revision, present: DesignBody, kinds: Kinds): Past {
  if (last?.revision === revision && last.present === present) return last.past;
  const changes = compare(revision.body, present);
  const past: Past = {
    ...revision,
    scene: pastScene(revision.body, present, changes),
    differences: differencesOf(changes, revision.body, present, kinds),
  };
  last = { revision, present, past };
  return past;
}
