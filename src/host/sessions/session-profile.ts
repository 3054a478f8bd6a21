import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import { type CpuProfile, CpuSampling, spentIn } from '#host/threads/cpu-profile.ts';
import type { DesignBody } from '#model/design.ts';
import type { NodeShare, Profile } from '#model/sessions/profile.ts';
import type { ProcessStatus } from '#model/sessions/session.ts';

export const profileEnded = defineError(
  'HOST_PROFILE_ENDED',
  'input',
  'The session has ended, so there is nothing to profile. Start it again, and profile it while it runs.',
);

/** Functions told of each node. */
const functionsTold = 5;

/** A session in this thread, as far as a profile needs it. */
export interface Profiled {
  readonly sessionId: string;
  readonly design: Pick<DesignBody, 'nodes'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly processes: () => readonly ProcessStatus[];
  /** Other sessions in this thread. */
  readonly others: () => number;
  readonly ended: Promise<unknown>;
}

/**
 * Looks for so long who spends the processor.
 *
 * S66  One look at a time in a thread; it ends with the session.
 *
 * @param ms 100 to 30,000. Rejects with HOST_PROFILE_UNDER_WAY.
 */
export async function takeProfile(session: Profiled, ms: number): Promise<Profile> {
  const { sessionId, clock, processes, others, ended } = session;
  const sampling = await CpuSampling.start();
  const [before, startMs] = [processes(), clock.now()];
  const over = Promise.withResolvers<void>();
  const cancel = clock.after(ms, over.resolve);
  await Promise.race([over.promise, ended]);
  cancel();
  const [after, endMs, otherSessions] = [processes(), clock.now(), others()];
  const { profile, ...shares } = await sharesOf(sampling, session, before, after);
  return {
    sessionId,
    at: new Date(endMs).toISOString(),
    tookMs: endMs - startMs,
    ...shares,
    otherSessions,
    cpuprofile: profile,
  };
}

type Shares = Pick<Profile, 'nodes' | 'elsewhere' | 'idleMs'> & { readonly profile: CpuProfile };

/** Ends the sampling and tells the nodes of a design what they spent between two states, most first. */
async function sharesOf(
  sampling: CpuSampling,
  { design, catalog }: Pick<Profiled, 'design' | 'catalog'>,
  before: readonly ProcessStatus[],
  after: readonly ProcessStatus[],
): Promise<Shares> {
  const kinds = new Set(Object.values(design.nodes).map(({ kind }) => kind));
  const { profile, places } = await sampling.stop(new Map([...kinds].map((kind) => [kind, catalog.component(kind)?.behaviour])));
  const { byOwner, idleMs } = spentIn(profile, places);
  const earlier = new Map(before.map(({ node, cpuMs = 0 }) => [node, cpuMs]));
  const nodes = after.flatMap(({ node, cpuMs = 0 }): NodeShare[] => {
    const kind = design.nodes[node]?.kind;
    if (kind === undefined) return [];
    const functions = (byOwner.get(kind) ?? []).slice(0, functionsTold);
    return [{ node, kind, cpuMs: cpuMs - (earlier.get(node) ?? 0), functions }];
  });
  const others = byOwner.get(undefined) ?? [];
  const elsewhere = { selfMs: others.reduce((sum, { selfMs }) => sum + selfMs, 0), functions: others.slice(0, functionsTold) };
  return { profile, nodes: nodes.sort((a, b) => b.cpuMs - a.cpuMs), elsewhere, idleMs };
}
