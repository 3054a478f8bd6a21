import { designUnknown } from '#app/app-errors.ts';
import type { Kinds } from '#model/component.ts';
import { type Design, type DesignBody, emptyDesign } from '#model/design.ts';
import { sameJson } from '#model/edits/diff.ts';
import { type Line, Replay } from '#model/edits/replay.ts';
import type { Designs } from '#store/designs/designs.ts';
import type { Snapshots } from '#store/designs/snapshots.ts';

/** What it takes to hold the log against the tables. */
export interface LogParts {
  readonly designs: Pick<Designs, 'get' | 'list' | 'editsSince'>;
  readonly snapshots: Pick<Snapshots, 'next'>;
  /** The catalogue of today; asked for defaults of settings only. */
  readonly catalog: Kinds;
}

/** What was found of one design. */
export interface VerifiedLog {
  readonly designId: string;
  readonly name: string;
  readonly rev: number;
  /** States that were held against the log: the tables, and each snapshot. */
  readonly compared: number;
  /** What differs, a sentence each. */
  readonly faults: readonly string[];
}

/** Of what differs in one place, so many are told. */
const mostTold = 20;
const designsAtOnce = 100;

/**
 * R12  Replays the log of each design, or of one, and holds it against the tables and each snapshot.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function* verifyLogs(parts: LogParts, only?: string): AsyncGenerator<VerifiedLog> {
  if (only !== undefined) {
    const design = await parts.designs.get(only);
    if (design === undefined) throw designUnknown({ detail: `There is no design ${only}.`, facts: { designId: only } });
    yield await verifyOne(parts, design);
    return;
  }
  let page = await parts.designs.list({ limit: designsAtOnce });
  while (page.length > 0) {
    for (const { id } of page) {
      const design = await parts.designs.get(id);
      if (design !== undefined) yield await verifyOne(parts, design);
    }
    page = await parts.designs.list({ limit: designsAtOnce, after: page.at(-1) });
  }
}

async function verifyOne(parts: LogParts, design: Design): Promise<VerifiedLog> {
  const { id: designId, name, rev } = design;
  const faults: string[] = [];
  let compared = 0;
  let replay: Replay | undefined = new Replay(emptyDesign(''), parts.catalog);
  let snapshot = await parts.snapshots.next(designId, 0);
  let at = 0;
  for await (const line of linesOf(parts, designId, rev)) {
    if (line.rev !== at + 1) faults.push(`revision ${at + 1} is missing in the log`);
    at = line.rev;
    const done = replay?.line(line);
    if (done?.ok === false) {
      const { code, message, pointer } = done.refusal;
      faults.push(`revision ${line.rev} cannot be replayed: ${message} (${code} at /edits${pointer})`);
      replay = undefined;
    }
    if (snapshot?.rev !== line.rev) continue;
    compared++;
    if (replay === undefined) replay = new Replay(snapshot.body, parts.catalog);
    else faults.push(...differences(`the snapshot of revision ${snapshot.rev}`, snapshot.body, replay.design));
    snapshot = await parts.snapshots.next(designId, snapshot.rev);
  }
  if (at !== rev) faults.push(`the design is at revision ${rev}, its log ends with ${at}`);
  if (replay !== undefined) faults.push(...differences('the tables', design, replay.design));
  return { designId, name, rev, compared: compared + 1, faults };
}

/** The lines up to a revision, oldest first: what is committed meanwhile is not looked at. */
async function* linesOf({ designs }: LogParts, designId: string, until: number): AsyncGenerator<Line> {
  for (let at = 0; at < until; ) {
    const lines = await designs.editsSince(designId, at);
    yield* lines.filter(({ rev }) => rev <= until);
    const last = lines.at(-1);
    if (last === undefined) return;
    at = last.rev;
  }
}

function differences(where: string, stored: DesignBody, replayed: DesignBody): string[] {
  const [is, was] = [partsOf(stored), partsOf(replayed)];
  const found = Object.keys(is).flatMap((part) => {
    const [here, there] = [is[part] ?? {}, was[part] ?? {}];
    const ids = [...new Set([...Object.keys(here), ...Object.keys(there)])].sort();
    return ids
      .filter((id) => !sameJson(valueAt(here, id), valueAt(there, id)))
      .map((id) => `${part} ${id}: ${shown(valueAt(here, id))} in ${where}, ${shown(valueAt(there, id))} by the log`);
  });
  const more = found.length - mostTold;
  return more > 0 ? [...found.slice(0, mostTold), `and ${more} more in ${where}`] : found;
}

function partsOf({
  name,
  description,
  nodes,
  connections,
  canvas,
}: DesignBody): Record<string, Readonly<Record<string, unknown>>> {
  const { positions, sizes = {}, groups = {}, members = {} } = canvas;
  return {
    design: { name, description },
    node: nodes,
    connection: connections,
    group: groups,
    'place of': positions,
    'size of': sizes,
    'group of': members,
  };
}

const valueAt = (record: Readonly<Record<string, unknown>>, id: string): unknown =>
  Object.hasOwn(record, id) ? record[id] : undefined;

const longestShown = 200;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
