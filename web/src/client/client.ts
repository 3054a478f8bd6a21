import createClient from 'openapi-fetch';
import type { CheckJob, CheckOrder } from '#model/checks/check-job.ts';
import type { ContractText, ContractWish } from '#model/checks/contract-text.ts';
import type { Trace, Validation } from '#model/checks/finding.ts';
import type { Anchor, Thread, ThreadState } from '#model/comment.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { Design, DesignBody, DesignSummary, DesignVersion } from '#model/design.ts';
import type { Ack, Tx } from '#model/edits/tx.ts';
import type { Branch } from '#model/merging/history.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import type { BreakpointWish, Stepped } from '#model/sessions/intervention.ts';
import type { Profile } from '#model/sessions/profile.ts';
import type { Sample, Session, SessionSnapshot, SwapReport } from '#model/sessions/session.ts';
import { problemOf, Refused, Unreachable } from './problem.ts';
import { revive } from './revive.ts';
import type { paths } from './schema.ts';

/** Part of a list. `nextCursor` fetches the following part; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** One node or wire of a session. */
export interface Part {
  readonly kind: 'node' | 'wire';
  readonly id: string;
}

const longestMs = 30_000;
let actor: (() => string) | undefined;
/** Names who asks, with every request from now on. Proves nothing. */
export function askAs(name: () => string): void {
  actor = name;
}

function asked(request: Request): Promise<Response> {
  if (actor !== undefined) request.headers.set('csp-actor', encodeURIComponent(actor()));
  return fetch(request, { signal: AbortSignal.timeout(longestMs) });
}

/** What the description of the door says can be asked. */
export const api = createClient<paths>({ baseUrl: '', fetch: asked });

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** What was asked for, or a reason: `Refused` with the problem told, `Unreachable` without an answer. */
export async function taken<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw new Unreachable();
  }
  const { data, error, response } = answer;
  // A proxy in front answers these while the server behind it is away.
  if (response.status === 502 || response.status === 504) throw new Unreachable();
  if (!response.ok) throw new Refused(problemOf(response, error));
  return data as T;
}

/** The same, as a request's body is typed. */
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

/** So that what is asked twice is done once. */
export const keyed = () => ({ 'idempotency-key': crypto.randomUUID() });
/** The design of an address. */
export const of = (designId: string) => ({ path: { designId } });

/** The designs, newest edited first: the first hundred, or those after a cursor. */
export const listDesigns = (cursor?: string): Promise<Page<DesignSummary>> =>
  taken(api.GET('/api/v1/designs', { params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } } }));

/** One design. */
export const getDesign = (designId: string): Promise<Design> =>
  taken(api.GET('/api/v1/designs/{designId}', { params: of(designId) }));

/** Makes a design. */
export const createDesign = (body: Partial<DesignBody> & { name: string }): Promise<Design> =>
  taken(api.POST('/api/v1/designs', { body, headers: keyed() }));

/** Deletes a design and everything of it. */
export const deleteDesign = (designId: string): Promise<unknown> =>
  taken(api.DELETE('/api/v1/designs/{designId}', { params: of(designId), headers: { 'if-match': '*' } }));

/** Copies a design under a new name. */
export const duplicateDesign = (designId: string, name: string): Promise<Design> =>
  taken(api.POST('/api/v1/designs/{designId}/duplicate', { params: of(designId), body: { name }, headers: keyed() }));

/** A design as text, in its canonical file form or as CSPm. */
export const exportDesign = (designId: string, format: 'json' | 'cspm'): Promise<string> =>
  taken(api.GET('/api/v1/designs/{designId}/export', { params: { ...of(designId), query: { format } }, parseAs: 'text' }));

/** Makes a design of the text of a canonical file. */
export const importDesign = (file: string): Promise<Design> =>
  taken(api.POST('/api/v1/designs/import', { body: JSON.parse(file), headers: keyed() }));

// What the description of the door does not say yet.
const post = async <T>(path: string, body: unknown): Promise<T> => {
  const headers = { 'content-type': 'application/json', ...keyed() };
  const request = new Request(`/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = async () => {
    const response = await asked(request);
    const said: unknown = await response.json().catch(() => undefined);
    return response.ok ? { data: said as T, response } : { error: said, response };
  };
  return await taken(answer());
};

/** Commits a transaction; the same one again is done once. */
export const commitTx = (designId: string, tx: Tx): Promise<Ack> => post(`/designs/${designId}/edits`, tx);

/** Makes a branch of a design at a revision. */
export const createBranch = async (designId: string, name: string, rev: number): Promise<Branch> =>
  (await post<{ branch: Branch }>(`/designs/${designId}/branches`, { name, rev })).branch;

/** What the checks say about a stored design. */
export const validateDesign = (designId: string): Promise<Validation> =>
  taken(api.POST('/api/v1/designs/{designId}/validate', { params: of(designId), body: {} }));

/** Begins a long check of a stored design. */
export const beginCheck = (designId: string, order: CheckOrder): Promise<CheckJob> =>
  taken(api.POST('/api/v1/designs/{designId}/checks', { params: of(designId), body: order }));

/** How a long check is, and what it found. */
export const getCheck = (checkId: string): Promise<CheckJob> =>
  taken(api.GET('/api/v1/checks/{checkId}', { params: { path: { checkId } } }));

/** Ends a long check. */
export const cancelCheck = (checkId: string): Promise<CheckJob> =>
  taken(api.DELETE('/api/v1/checks/{checkId}', { params: { path: { checkId } } }));

/** The long checks of a stored design, newest first. */
export const listChecks = (designId: string): Promise<{ items: readonly CheckJob[] }> =>
  taken(api.GET('/api/v1/designs/{designId}/checks', { params: of(designId) }));

const mostWishes = 1_000;

/** The contracts of nodes, in the order of the wishes. */
export async function contractTexts(wishes: readonly ContractWish[]): Promise<readonly ContractText[]> {
  const texts: ContractText[] = [];
  for (let at = 0; at < wishes.length; at += mostWishes) {
    const items = wishes.slice(at, at + mostWishes);
    texts.push(...(await taken(api.POST('/api/v1/contracts', { body: { items } }))).items);
  }
  return texts;
}

/** Whether the components of a stored design get stuck where a trace says; nothing outside is touched. */
export const forceDesign = (designId: string, trace: Trace): Promise<ForcedReport> =>
  taken(api.POST('/api/v1/designs/{designId}/force', { params: of(designId), body: { trace: trace as Writable<Trace> } }));

/** How a session is started: with these breakpoints, recorded or not. */
export interface ExecuteWishes {
  readonly breakpoints: Readonly<Record<string, BreakpointWish>>;
  readonly record: boolean;
}

/** Starts a session of the design as it is now. */
export const executeDesign = (designId: string, wishes: ExecuteWishes): Promise<Session> =>
  taken(api.POST('/api/v1/designs/{designId}/execute', { params: of(designId), body: wishes, headers: keyed() }));

/** Address of the recording of a session that has ended. */
export const recordingAddress = (sessionId: string): string => `/api/v1/executions/${sessionId}/recording`;

/** The named versions of a design. */
export const listVersions = (designId: string): Promise<Page<DesignVersion>> =>
  taken(api.GET('/api/v1/designs/{designId}/versions', { params: { ...of(designId), query: { limit: 100 } } }));

/** Keeps the present state of a design under a name. */
export const keepVersion = (designId: string, name: string, note = ''): Promise<DesignVersion> =>
  taken(api.POST('/api/v1/designs/{designId}/versions', { params: of(designId), body: { name, note }, headers: keyed() }));

const threadPath = '/api/v1/designs/{designId}/comments/{threadId}';
const commentPath = `${threadPath}/{commentId}` as const;

/** A page of the threads of a design, newest first. */
export const listThreads = (designId: string, cursor?: string): Promise<Page<Thread>> =>
  taken(
    api.GET('/api/v1/designs/{designId}/comments', {
      params: { ...of(designId), query: { limit: 200, ...(cursor !== undefined && { cursor }) } },
    }),
  );

/** Opens a thread about something of a design. */
export const openThread = (designId: string, anchor: Anchor, text: string): Promise<Thread> =>
  taken(api.POST('/api/v1/designs/{designId}/comments', { params: of(designId), body: { anchor, text }, headers: keyed() }));

/** Answers in a thread. */
export const answerThread = (designId: string, threadId: string, text: string): Promise<Thread> =>
  taken(api.POST(threadPath, { params: { path: { designId, threadId } }, body: { text }, headers: keyed() }));

/** Resolves a thread, or opens it again. */
export const settleThread = (designId: string, threadId: string, state: ThreadState): Promise<Thread> =>
  taken(api.PATCH(threadPath, { params: { path: { designId, threadId } }, body: { state } }));

/** Puts another text in place of one's own. */
export const editComment = (designId: string, threadId: string, commentId: string, text: string): Promise<Thread> =>
  taken(api.PATCH(commentPath, { params: { path: { designId, threadId, commentId } }, body: { text } }));

/** Takes a comment away, and with the last one its thread. */
export const deleteComment = (designId: string, threadId: string, commentId: string): Promise<void> =>
  taken(api.DELETE(commentPath, { params: { path: { designId, threadId, commentId } } }));

/** Sessions, newest first; of one design, or of all. */
export const listExecutions = (designId?: string): Promise<Page<Session>> =>
  taken(api.GET('/api/v1/executions', { params: { query: { limit: 50, ...(designId !== undefined && { designId }) } } }));

/** Pauses, resumes or stops a session. */
export const controlExecution = (sessionId: string, verb: 'pause' | 'resume' | 'stop'): Promise<Session> =>
  taken(api.POST(`/api/v1/executions/{sessionId}/${verb}`, { params: { path: { sessionId } } }));

/** Makes a running session one of this revision, without stopping it. */
export const swapExecution = (sessionId: string, rev: number): Promise<{ session: Session; report: SwapReport }> =>
  taken(api.POST('/api/v1/executions/{sessionId}/swap', { params: { path: { sessionId } }, body: { rev } }));

/** A paused session takes one step; with a node, up to its next communication. */
export const stepExecution = (sessionId: string, node?: string): Promise<Stepped> =>
  taken(
    api.POST('/api/v1/executions/{sessionId}/step', {
      params: { path: { sessionId } },
      body: node === undefined ? {} : { node },
    }),
  );

/** Pauses or resumes one node or one wire of a session. */
export const controlPart = (sessionId: string, { kind, id }: Part, verb: 'pause' | 'resume'): Promise<Session> =>
  kind === 'node'
    ? taken(api.POST(`/api/v1/executions/{sessionId}/nodes/{nodeId}/${verb}`, { params: { path: { sessionId, nodeId: id } } }))
    : taken(
        api.POST(`/api/v1/executions/{sessionId}/connections/{connectionId}/${verb}`, {
          params: { path: { sessionId, connectionId: id } },
        }),
      );

const breakpoint = '/api/v1/executions/{sessionId}/breakpoints/{connectionId}';

/** The session pauses when a message passes the wire. */
export const setBreakpoint = (sessionId: string, connectionId: string, body: BreakpointWish): Promise<Session> =>
  taken(api.PUT(breakpoint, { params: { path: { sessionId, connectionId } }, body }));

/** It no longer does. */
export const clearBreakpoint = (sessionId: string, connectionId: string): Promise<void> =>
  taken(api.DELETE(breakpoint, { params: { path: { sessionId, connectionId } } }));
/** Who spends the processor in a session, looked at for some seconds. */
export const profileExecution = (sessionId: string, seconds: number): Promise<Profile> =>
  taken(api.POST('/api/v1/executions/{sessionId}/profile', { params: { path: { sessionId } }, body: { seconds } }));

/** Everything that moves in a session, now or at its end. */
export const getSnapshot = (sessionId: string): Promise<SessionSnapshot> =>
  taken(api.GET('/api/v1/executions/{sessionId}/metrics', { params: { path: { sessionId } } }));

/** The last messages of one wire. */
export const getMessages = (sessionId: string, connectionId: string): Promise<{ items: readonly Sample[] }> =>
  taken(
    api.GET('/api/v1/executions/{sessionId}/connections/{connectionId}/messages', {
      params: { path: { sessionId, connectionId }, query: { limit: 50 } },
    }),
  );

/** Every component kind known here. */
export const listComponents = async (): Promise<readonly ComponentSpec[]> => {
  const { items } = await taken(api.GET('/api/v1/components'));
  return items.map((spec) => ({ ...spec, settings: revive(spec.settings) }));
};

/** A file a design has read or written. */
export const readFile = (path: string): Promise<string> =>
  taken(api.GET('/api/v1/files/{path}', { params: { path: { path } }, parseAs: 'text', pathSerializer: filePath }));

// The separators of a path stay what they are; everything else is escaped.
const filePath = (pattern: string, { path }: Record<string, unknown>): string =>
  pattern.replace('{path}', String(path).split('/').map(encodeURIComponent).join('/'));
