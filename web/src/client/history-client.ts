import type { Design } from '#model/design.ts';
import type { Branch, Comparison, HistoryEntry, MergeConflict, Revision } from '#model/merging/history.ts';
import { api, keyed, of, type Page, taken } from './client.ts';

/** Which part of a history is asked for. */
export interface HistoryWish {
  readonly cursor?: string | undefined;
  /** Only what changed this node, wire or group. */
  readonly element?: string | undefined;
}

/** Entries of a history that are fetched at once. */
export const historyPage = 30;

/** Who did what to a design, newest first. */
export const listHistory = (designId: string, { cursor, element }: HistoryWish): Promise<Page<HistoryEntry>> =>
  taken(
    api.GET('/api/v1/designs/{designId}/history', {
      params: {
        ...of(designId),
        query: { limit: historyPage, ...(cursor !== undefined && { cursor }), ...(element !== undefined && { element }) },
      },
    }),
  );

/** A design as it was in a revision. */
export const getRevision = (designId: string, rev: number): Promise<Revision> =>
  taken(api.GET('/api/v1/designs/{designId}/revisions/{rev}', { params: { path: { designId, rev } } }));

/** Makes a design again what it was, by new edits. */
export const restoreDesign = (designId: string, rev: number, label: string): Promise<{ rev: number }> =>
  taken(
    api.POST('/api/v1/designs/{designId}/restore', { params: of(designId), body: { rev, label }, headers: { 'if-match': '*' } }),
  );

/** Copies a design as it was. */
export const duplicateAt = (designId: string, name: string, rev: number): Promise<Design> =>
  taken(api.POST('/api/v1/designs/{designId}/duplicate', { params: of(designId), body: { name, rev }, headers: keyed() }));

/** What taking back has done, and what of it could not be. */
export interface TakenBack {
  readonly rev: number;
  readonly says: string;
  readonly left: readonly { readonly message: string }[];
}

/** Takes a transaction back, wherever it is in the history, by another of this id. */
export const undoTx = (designId: string, txId: string, as: string): Promise<TakenBack> =>
  taken(api.POST('/api/v1/designs/{designId}/undo', { params: of(designId), body: { txId, as } }));

/** What a design is a branch of; undefined when it is none. */
export const getBranch = (designId: string): Promise<Branch | undefined> =>
  taken<Branch | undefined>(api.GET('/api/v1/designs/{designId}/branch', { params: of(designId) }));

/** The branches of a design. */
export const listBranches = (designId: string): Promise<Page<Branch>> =>
  taken(api.GET('/api/v1/designs/{designId}/branches', { params: { ...of(designId), query: { limit: 100 } } }));

/** Which side holds, by key of a conflict. */
export type Choices = Readonly<Record<string, 'ours' | 'theirs'>>;

/** What a merge did, or would do. */
export interface Merged {
  readonly rev: number;
  readonly merged: boolean;
  readonly conflicts: readonly MergeConflict[];
  readonly changes: Comparison;
}

/** Merges one design into another; with `dryRun` it is only said what would come of it. */
export const mergeDesigns = (into: string, from: string, choose: Choices, dryRun: boolean): Promise<Merged> =>
  taken(api.POST('/api/v1/designs/{designId}/merge', { params: of(into), body: { from, choose, dryRun } }));
