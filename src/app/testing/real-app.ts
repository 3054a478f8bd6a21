import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { everybodyMay } from '#app/editing/may-edit.ts';
import { type Clock, systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { cspmOf } from '#codegen/cspm.ts';
import { discard } from '#components/compute/discard.ts';
import { farm } from '#components/control/farm.ts';
import { subdesign } from '#components/control/subdesign.ts';
import { buffer } from '#components/flow/buffer.ts';
import { merge } from '#components/flow/merge.ts';
import { type Catalog, createCatalog } from '#host/catalog.ts';
import { CheckJobs } from '#host/checks/check-jobs.ts';
import { forceDesign } from '#host/checks/forced-design.ts';
import { createSearchThread } from '#host/checks/search-thread.ts';
import { askDeterminism, lintDesign, prepareDesign, refineDesign, validateDesign } from '#host/checks/validator.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { Services } from '#host/outside/services.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { Recordings } from '#host/sessions/recordings.ts';
import { createSessionHost } from '#host/sessions/session-host.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import type { DesignBody } from '#model/design.ts';
import { sleep } from '#runtime/sleep.ts';
import { until } from '#runtime/until.ts';
import { Comments } from '#store/comments.ts';
import { type Database, type DatabasePlace, openDatabase } from '#store/database/database.ts';
import { Branches } from '#store/designs/branches.ts';
import { Designs } from '#store/designs/designs.ts';
import { History } from '#store/designs/history.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import { Versions } from '#store/designs/versions.ts';
import { IdempotencyKeys } from '#store/idempotency.ts';
import { Metrics } from '#store/metrics.ts';
import { Servers } from '#store/servers.ts';
import { Sessions } from '#store/sessions.ts';
import { sharedDatabase } from '#store/testing/shared-postgres.ts';
import { Validations } from '#store/validations.ts';
import { type App, createApp } from '../app.ts';
import type { MayEdit } from '../parts.ts';

/** Longer than any test: by the clock of the database, which no test moves. */
const leaseMs = 300_000;

const gates = new Map<string, PromiseWithResolvers<void>>();

/** Lets the sources that wait at `name` begin. */
export function openGate(name: string): void {
  gateAt(name).resolve();
}

function gateAt(name: string): PromiseWithResolvers<void> {
  const gate = gates.get(name) ?? Promise.withResolvers();
  gates.set(name, gate);
  return gate;
}

/** A source that counts: `count` numbers (0 is for ever), `everyMs` apart, each `padding` characters long, once its gate is open. */
const count = defineComponent({
  kind: 'test.count',
  version: 1,
  title: 'Count',
  icon: 'box',
  summary: 'Counts.',
  settings: Type.Object({
    count: Type.Integer({ minimum: 0, default: 3 }),
    everyMs: Type.Integer({ minimum: 0, default: 0 }),
    padding: Type.Integer({ minimum: 0, default: 0 }),
    gate: Type.String({ default: '' }),
  }),
  ports: { out: output(Type.Unknown(), 'Numbers from 1.') },
  contract: 'COUNT = (out -> COUNT) |~| (out.end -> SKIP)',
  examples: [],
  *run({ settings, io, clock }) {
    if (settings.gate !== '') yield* until(gateAt(settings.gate).promise);
    for (let number = 1; settings.count === 0 || number <= settings.count; number++) {
      if (settings.everyMs > 0) yield* sleep(clock, settings.everyMs);
      const value = settings.padding === 0 ? number : { number, padding: 'x'.repeat(settings.padding) };
      if (!(yield* io.out.send(value))) return;
    }
  },
});

/** One that fails on its first message. */
const fail = defineComponent({
  kind: 'test.fail',
  version: 1,
  title: 'Fail',
  icon: 'box',
  summary: 'Fails.',
  settings: Type.Object({}),
  ports: { in: input(Type.Unknown(), 'What it fails on.') },
  contract: 'FAIL = in -> FAIL [] in.end -> SKIP',
  examples: [],
  *run({ io }) {
    const received = yield* io.in.receive();
    if (!received.ended) throw new Error('it fails, as it should');
  },
});

/** The whole application on a database and files of its own. */
export interface RealApp {
  readonly app: App;
  readonly catalog: Catalog;
  readonly designs: Designs;
  readonly db: Database['db'];
  readonly services: Services;
  readonly filesFolder: string;
  readonly reported: unknown[];
  close(): Promise<void>;
}

function recordingsIn(folder: string): Recordings {
  return new Recordings({
    folder: join(folder, 'recordings'),
    clock: systemClock,
    mostBytes: 20_000,
    mostKept: 3,
    mostAgeMs: 3_600_000,
  });
}

function storesOf(db: Database['db']) {
  const serverId = newUuid();
  return {
    comments: new Comments(db, systemClock),
    history: new History(db),
    snapshots: new Snapshots(db),
    branches: new Branches(db),
    versions: new Versions(db, systemClock, newUuid),
    validations: new Validations(db, systemClock),
    servers: new Servers(db, serverId, leaseMs),
    sessions: new Sessions(db, systemClock, serverId),
    metrics: new Metrics(db),
    keys: new IdempotencyKeys(db, systemClock, newUuid),
  };
}

/**
 * @param place another database than one on the PostgreSQL that all test files share.
 * @param clock of what the application itself waits for; sessions have the machine's.
 */
export async function realApp(
  place?: DatabasePlace,
  clock: Clock = systemClock,
  mayEdit: MayEdit = everybodyMay,
): Promise<RealApp> {
  const filesFolder = await mkdtemp(join(tmpdir(), 'csp-files-'));
  const database = await (place === undefined ? sharedDatabase() : openDatabase(place));
  const { db, kind } = database;
  const catalog = createCatalog([buffer, count, discard, fail, farm, merge, subdesign]);
  const thread = createSearchThread();
  const checks = new CheckJobs({ clock, newId: newUuid, prepare: (body, terms) => prepareDesign(body, catalog, terms) });
  const files = localFiles(filesFolder);
  const reported: unknown[] = [];
  const recordings = recordingsIn(filesFolder);
  await recordings.open();
  const shared = { clock: systemClock, http: fetch, files, log: () => {}, secret: async () => undefined };
  const designs = new Designs(db, systemClock);
  const services = new Services(systemClock, { atOnce: 2, own: {}, waiting: 10, waitMs: 60_000 });
  const app = createApp({
    catalog,
    designs,
    ...storesOf(db),
    mayEdit,
    host: createSessionHost({
      catalog,
      clock: systemClock,
      mostSessions: 5,
      tools: (...where) => toolsOf(shared, ...where),
      permits: services,
    }),
    services,
    recordings,
    validate: (body, terms) => validateDesign(body, catalog, thread, terms),
    refine: (body, spec, options) => refineDesign(body, catalog, thread, spec, options),
    determinism: (body, options) => askDeterminism(body, catalog, thread, options),
    checks,
    force: (body, trace) => forceDesign(systemClock, { catalog, design: body, seed: '1', inputs: [], outputs: [] }, trace),
    lint: (body) => lintDesign(body, catalog),
    cspm: (body) => cspmOf(body, catalog.component),
    files,
    clock,
    newId: newUuid,
    version: '9.9.9',
    database: kind,
    report: (thrown) => void reported.push(thrown),
  });
  const close = async (): Promise<void> => {
    await app.close();
    recordings.close();
    await Promise.all([thread.close(), checks.close()]);
    await database.close();
    await rm(filesFolder, { recursive: true });
  };
  return { app, catalog, designs, db, services, filesFolder, reported, close };
}

/** A source into a sink: `wire` from `from` to `to`. */
export function pipeline(name: string, settings: Record<string, unknown> = {}): DesignBody {
  const end = (node: string, port: string) => ({ node, port, index: 0 });
  return {
    name,
    description: '',
    nodes: {
      from: { id: 'from', kind: 'test.count', version: 1, label: '', settings, onFailure: 'stop' },
      to: { id: 'to', kind: 'compute.discard', version: 1, label: '', settings: {}, onFailure: 'stop' },
    },
    connections: { wire: { id: 'wire', from: end('from', 'out'), to: end('to', 'in'), capacity: 0, policy: 'block' } },
    canvas: { positions: { from: { x: 0, y: 0 }, to: { x: 240, y: 0 } } },
  };
}
