import type { ComponentSpec } from '#model/component.ts';
import type { Design, DesignBody, DesignSummary, DesignVersion } from '#model/design.ts';
import type { Edit } from '#model/edit.ts';
import type { Validation } from '#model/finding.ts';
import type { Sample, Session, SessionSnapshot } from '#model/session.ts';
import { problemOf, Refused, Unreachable } from './problem.ts';
import { revive } from './revive.ts';

/** Part of a list. `nextCursor` fetches the following part; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What a committed set of edits became: the new revision and the edits with everything filled in. */
export interface Committed {
  readonly rev: number;
  readonly edits: readonly Edit[];
  readonly inverse: readonly Edit[];
}

const base = '/api/v1';

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(path: string, { method = 'GET', body, headers = {} }: Asked = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(base + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    throw new Unreachable();
  }
  // A proxy in front answers these while the server behind it is away.
  if (response.status === 502 || response.status === 504) throw new Unreachable();
  if (!response.ok) throw new Refused(await problemOf(response));
  return response;
}

async function json<T>(path: string, asked?: Asked): Promise<T> {
  return (await (await ask(path, asked)).json()) as T;
}

const post = (body: unknown, key?: string): Asked => ({
  method: 'POST',
  body,
  ...(key !== undefined && { headers: { 'idempotency-key': key } }),
});
const id = encodeURIComponent;

/** All designs by pages, newest edited first. */
export const listDesigns = (cursor?: string) =>
  json<Page<DesignSummary>>(`/designs?limit=100${cursor === undefined ? '' : `&cursor=${id(cursor)}`}`);
/** One design. */
export const getDesign = (designId: string) => json<Design>(`/designs/${id(designId)}`);
/** Makes a design. */
export const createDesign = (body: Partial<DesignBody> & { name: string }) =>
  json<Design>('/designs', post(body, crypto.randomUUID()));
/** Deletes a design and everything of it. */
export const deleteDesign = (designId: string) =>
  ask(`/designs/${id(designId)}`, { method: 'DELETE', headers: { 'if-match': '*' } });
/** Copies a design under a new name. */
export const duplicateDesign = (designId: string, name: string) =>
  json<Design>(`/designs/${id(designId)}/duplicate`, post({ name }, crypto.randomUUID()));
/** A design as text, in its canonical file form or as CSPm. */
export const exportDesign = async (designId: string, format: 'json' | 'cspm') =>
  (await ask(`/designs/${id(designId)}/export?format=${format}`)).text();
/** Makes a design of a canonical file. */
export const importDesign = (file: unknown) => json<Design>('/designs/import', post(file, crypto.randomUUID()));
/** Commits edits, all or none. The same key twice commits once. */
export const commitEdits = (designId: string, edits: readonly Edit[], key: string) =>
  json<Committed>(`/designs/${id(designId)}/edits`, post({ edits }, key));
/** What the checks say about a stored design. */
export const validateDesign = (designId: string) => json<Validation>(`/designs/${id(designId)}/validate`, post({}));
/** Starts a session of the design as it is now. */
export const executeDesign = (designId: string) =>
  json<Session>(`/designs/${id(designId)}/execute`, post({}, crypto.randomUUID()));
/** The named versions of a design. */
export const listVersions = (designId: string) => json<Page<DesignVersion>>(`/designs/${id(designId)}/versions?limit=100`);
/** Keeps the present state of a design under a name. */
export const keepVersion = (designId: string, name: string) =>
  json<DesignVersion>(`/designs/${id(designId)}/versions`, post({ name }, crypto.randomUUID()));
/** Sessions of a design, newest first. */
export const listExecutions = (designId?: string) =>
  json<Page<Session>>(`/executions?limit=50${designId === undefined ? '' : `&designId=${id(designId)}`}`);
/** Pauses, resumes or stops a session. */
export const controlExecution = (sessionId: string, verb: 'pause' | 'resume' | 'stop') =>
  json<Session>(`/executions/${id(sessionId)}/${verb}`, post({}));
/** Everything that moves in a session, now or at its end. */
export const getSnapshot = (sessionId: string) => json<SessionSnapshot>(`/executions/${id(sessionId)}/metrics`);
/** The last messages of one wire. */
export const getMessages = (sessionId: string, connection: string) =>
  json<{ items: Sample[] }>(`/executions/${id(sessionId)}/connections/${id(connection)}/messages?limit=50`);
/** Every component kind known here. */
export const listComponents = async (): Promise<readonly ComponentSpec[]> => {
  const { items } = await json<Page<ComponentSpec>>('/components');
  return items.map((spec) => ({ ...spec, settings: revive(spec.settings) }));
};
/** A file a design has read or written. */
export const readFile = async (path: string) => (await ask(`/files/${path.split('/').map(id).join('/')}`)).text();
/** Who answers. */
export const getHealth = () => json<{ status: string; version: string; database: string }>('/health');
