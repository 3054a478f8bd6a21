import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { RefineOptions, SpecFault, Specification } from '#contract/check/refine/design.ts';
import type { DeterminismOptions } from '#contract/check/refine/determinism.ts';
import type { Catalog } from '#host/catalog.ts';
import type { CheckJobs } from '#host/checks/check-jobs.ts';
import type { Services } from '#host/outside/services.ts';
import type { Recordings } from '#host/sessions/recordings.ts';
import type { SessionHost } from '#host/sessions/session-host.ts';
import type { Files } from '#kit/tools.ts';
import type { CheckTerms } from '#model/checks/check-job.ts';
import type { Finding, Trace, Validation } from '#model/checks/finding.ts';
import type { Design, DesignBody } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import type { Comments } from '#store/comments.ts';
import type { Branches } from '#store/designs/branches.ts';
import type { Designs } from '#store/designs/designs.ts';
import type { History } from '#store/designs/history.ts';
import type { Snapshots } from '#store/designs/snapshots.ts';
import type { Versions } from '#store/designs/versions.ts';
import type { IdempotencyKeys } from '#store/idempotency.ts';
import type { Metrics } from '#store/metrics.ts';
import type { Servers } from '#store/servers.ts';
import type { Sessions } from '#store/sessions.ts';
import type { Validations } from '#store/validations.ts';
import type { CommitQueue } from './editing/commit-queue.ts';
import type { Feed } from './feed.ts';
import type { InTurn } from './in-turn.ts';
import type { HeldSessions } from './sessions/held-sessions.ts';

/** E18  Why somebody may not make an edit of a design; undefined when he may. Asked while nobody else can change the design. */
export type MayEdit = (caller: Caller, designId: string, edit: Edit, design: Design) => Refusal | undefined;

/** What the use cases work with; `main.ts` hands it in. */
export interface AppParts {
  /** The kinds there are: what edits are checked against, and what people choose from. */
  readonly catalog: Catalog;
  readonly designs: Pick<
    Designs,
    'create' | 'get' | 'getStored' | 'revOf' | 'list' | 'commit' | 'editsSince' | 'history' | 'entry' | 'remove'
  >;
  readonly comments: Pick<Comments, 'open' | 'change' | 'get' | 'list'>;
  /** Who may make which edit: the policy. */
  readonly mayEdit: MayEdit;
  readonly history: Pick<History, 'undoers' | 'turnsOf'>;
  readonly snapshots: Pick<Snapshots, 'nearest'>;
  readonly branches: Pick<Branches, 'get' | 'list'>;
  readonly versions: Pick<Versions, 'keep' | 'list' | 'get' | 'rename' | 'remove'>;
  readonly validations: Pick<Validations, 'keep' | 'get'>;
  readonly sessions: Pick<Sessions, 'create' | 'update' | 'get' | 'list' | 'failThoseLeftRunning' | 'endedOf'>;
  /** The servers of this database, this one among them. */
  readonly servers: Pick<Servers, 'renew' | 'leave' | 'leaseMs'>;
  readonly metrics: Pick<Metrics, 'append' | 'read'>;
  readonly keys: Pick<IdempotencyKeys, 'claim' | 'complete' | 'release'>;
  readonly host: Pick<SessionHost, 'start'>;
  /** The services outside that sessions share. */
  readonly services: Pick<Services, 'usage'>;
  readonly recordings: Pick<Recordings, 'state' | 'begin' | 'forget' | 'finish' | 'read'>;
  /** All checks, the search included; must not block this thread for long. */
  readonly validate: (body: DesignBody, terms: CheckTerms) => Promise<Pick<Validation, 'verdict' | 'findings'>>;
  /** Whether a design does what a specification allows (V53), away from this thread; a fault when the question makes no sense. */
  readonly refine: (
    body: DesignBody,
    spec: Specification,
    options: RefineOptions,
  ) => Promise<Finding | { readonly fault: SpecFault }>;
  /** Whether a design is deterministic (V125), away from this thread; a fault when the question makes no sense. */
  readonly determinism: (body: DesignBody, options: DeterminismOptions) => Promise<Finding | { readonly fault: SpecFault }>;
  /** Checks that may take long; what they find is told when they end. */
  readonly checks: Pick<CheckJobs, 'begin' | 'get' | 'list' | 'cancel'>;
  /** Runs the components along a trace (S16), away from this thread. */
  readonly force: (body: DesignBody, trace: Trace) => Promise<ForcedReport>;
  /** The checks that look at the drawing alone and take no time. */
  readonly lint: (body: DesignBody) => readonly Finding[];
  /** The design as CSPm text. */
  readonly cspm: (body: DesignBody) => string;
  /** The folder sessions read and write. */
  readonly files: Pick<Files, 'read'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly version: string;
  readonly database: 'embedded' | 'server';
  /** Told of what went wrong where nobody waits for an answer. */
  readonly report: (thrown: unknown) => void;
}

/** The parts with what the application itself keeps. */
export interface Work extends AppParts {
  readonly feed: Feed;
  readonly held: HeldSessions;
  /** Swaps of sessions, by session. */
  readonly swaps: InTurn;
  /** Changes of comments, by design. */
  readonly talks: InTurn;
  /** Where changes of designs wait, by design. */
  readonly commits: CommitQueue;
}

/** Who asks, and by which door. One local owner for now: authorisation will look at `actor` here and nowhere else. */
export interface Caller {
  readonly actor: string;
  readonly via: string;
}

/** The one who uses a server that knows no accounts. */
export const owner = (via: string): Caller => ({ actor: 'owner', via });
