import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { ServeOptions } from '#api/cli/call.ts';
import { runCli } from '#api/cli/cli.ts';
import type { VerifyLogOptions } from '#api/cli/verify-log.ts';
import { createServer, type Server } from '#api/http/server.ts';
import { type App, createApp } from '#app/app.ts';
import type { Bus } from '#app/bus.ts';
import { scriptAside } from '#app/checks/check-script.ts';
import { everybodyMay } from '#app/editing/may-edit.ts';
import { type VerifiedLog, verifyLogs } from '#app/editing/verify-log.ts';
import { findExamples, seedExamples, startExample } from '#app/files/examples.ts';
import { createFileCommands, type FileCommands } from '#app/files/file-commands.ts';
import { systemClock } from '#base/clock.ts';
import { messageOf } from '#base/errors.ts';
import { newUuid } from '#base/ids.ts';
import { cspmOf } from '#codegen/cspm.ts';
import { components } from '#components/catalog.ts';
import type { Catalog } from '#host/catalog.ts';
import { CheckJobs } from '#host/checks/check-jobs.ts';
import { checkAside } from '#host/checks/check-thread.ts';
import { createForceThreads, type ForceThreads } from '#host/checks/force-thread.ts';
import { createSearchThread } from '#host/checks/search-thread.ts';
import { askDeterminism, lintDesign, prepareDesign, refineDesign, validateDesign } from '#host/checks/validator.ts';
import { limitedHttp } from '#host/outside/http-limits.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { Services } from '#host/outside/services.ts';
import { type SharedTools, toolsOf } from '#host/outside/tools.ts';
import { loadCatalog } from '#host/plugins.ts';
import { logLines } from '#host/sessions/log-lines.ts';
import { Recordings } from '#host/sessions/recordings.ts';
import { createSessionHost, type HostPlan, type SessionHost } from '#host/sessions/session-host.ts';
import type { LocalOrder } from '#host/sessions/session-order.ts';
import { createSessionThreads } from '#host/threads/session-threads.ts';
import { StrayWatch } from '#host/threads/strays.ts';
import { liveSocket } from '#realtime/live.ts';
import { PostgresBus } from '#store/bus/postgres-bus.ts';
import { RedisBus } from '#store/bus/redis-bus.ts';
import { Comments } from '#store/comments.ts';
import { type Database, openDatabase } from '#store/database/database.ts';
import { databaseIdentity } from '#store/database/database-identity.ts';
import { Branches } from '#store/designs/branches.ts';
import { Designs } from '#store/designs/designs.ts';
import { History } from '#store/designs/history.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import { Versions } from '#store/designs/versions.ts';
import { IdempotencyKeys } from '#store/idempotency.ts';
import { Metrics } from '#store/metrics.ts';
import { Servers } from '#store/servers.ts';
import { Sessions } from '#store/sessions.ts';
import { Validations } from '#store/validations.ts';
import { inGitPager, readSecret, readSettings, readSettingsWith, type Settings, settingsHelp } from './settings.ts';

/** Wires everything; what is decided is decided elsewhere. */

const home = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
const examples = await findExamples(join(home, 'examples'));
const liveExample = examples.find(({ name }) => name === 'philosophers');
const mostSessions = 100;
const componentsUrl = new URL('./components/catalog.ts', import.meta.url).href;
const httpLimits = { maxMs: 3_600_000, maxBytes: 268_435_456, privateAddresses: 'admit' } as const;
const clock = systemClock;
const interrupted = new AbortController();
const interruption = once(interrupted.signal, 'abort');

const report = (thrown: unknown): unknown => process.stderr.write(`csp: ${messageOf(thrown)}\n`);

function sharedOf(filesFolder: string, settings: Settings): SharedTools {
  const log = logLines((line) => process.stderr.write(line), settings.logLevel, clock.now);
  const files = localFiles(filesFolder);
  return {
    clock,
    http: limitedHttp(fetch, clock, httpLimits),
    files,
    log,
    secret: async (name: string) => readSecret(name),
  };
}

function servicesOf({ serviceAtOnce, serviceLimits, serviceWaiting, serviceWaitMs }: Settings): Services {
  const own = serviceLimits.map((limit): [string, number] => {
    const at = limit.lastIndexOf('=');
    return [limit.slice(0, at), Number(limit.slice(at + 1))];
  });
  return new Services(clock, {
    atOnce: serviceAtOnce,
    own: Object.fromEntries(own),
    waiting: serviceWaiting,
    waitMs: serviceWaitMs,
  });
}

function hostOf(catalog: Catalog, filesFolder: string, settings: Settings): SessionHost<LocalOrder> {
  const shared = sharedOf(filesFolder, settings);
  const tools: HostPlan['tools'] = (...where) => toolsOf(shared, ...where);
  const { sessionCpuPercent: cpuPercent } = settings;
  const limits = cpuPercent === undefined ? {} : { cpuPercent };
  const strays = new StrayWatch(shared.log);
  const host = createSessionHost({ catalog, clock, mostSessions, tools, limits, strays, permits: servicesOf(settings) });
  strays.install(host.fail);
  return host;
}

function threadsOf(folders: readonly string[], filesFolder: string, settings: Settings, permits: Services): SessionHost {
  return createSessionThreads({
    setup: { componentsUrl, folders, filesFolder, httpLimits, logLevel: settings.logLevel },
    clock,
    mostSessions,
    threads: settings.sessionThreads || availableParallelism(),
    limits: {
      heapMib: settings.sessionHeapMib,
      unyieldingMs: settings.sessionUnyieldingMs,
      messagesInFlight: settings.sessionMessagesInFlight,
      outsideCalls: settings.sessionOutsideCalls,
      ...(settings.sessionWallMs !== undefined && { wallMs: settings.sessionWallMs }),
      ...(settings.sessionCpuPercent !== undefined && { cpuPercent: settings.sessionCpuPercent }),
    },
    secret: async (name) => readSecret(name),
    permits,
    write: (line) => process.stderr.write(line),
  });
}

function forceThreadsOf(folders: readonly string[], { sessionHeapMib }: Settings): ForceThreads {
  return createForceThreads({ componentsUrl, folders, clock, heapMib: sessionHeapMib, mostMs: 20_000 });
}

function recordingsOf({ dataDir, sessionRecordingMib, recordingsKept, recordingsDays }: Settings): Recordings {
  return new Recordings({
    folder: join(dataDir, 'recordings'),
    clock,
    mostBytes: sessionRecordingMib * 1_048_576,
    mostKept: recordingsKept,
    mostAgeMs: recordingsDays * 86_400_000,
  });
}

async function openFiles(folders: readonly string[], file?: string): Promise<FileCommands> {
  const settings = readSettings();
  const beside = await findExamples(dirname(dirname(resolve(file ?? '.'))));
  const own = beside.filter(
    ({ design, components }) => file !== undefined && components !== undefined && design === resolve(file),
  );
  const catalog = await loadCatalog(components, [
    ...settings.componentsDir,
    ...folders,
    ...own.map(({ components = '' }) => components),
  ]);
  const thread = createSearchThread();
  return createFileCommands({
    catalog,
    clock,
    refine: (body, spec, options) => refineDesign(body, catalog, thread, spec, options),
    determinism: (body, options) => askDeterminism(body, catalog, thread, options),
    ask: (question) => checkAside(question, interrupted.signal),
    askScript: (question) => scriptAside(question, interrupted.signal),
    cspm: (body) => cspmOf(body, catalog.component),
    hostAt: (folder) => hostOf(catalog, folder, settings),
    sharedAt: (folder) => sharedOf(folder, settings),
  });
}

function storesOf(db: Database['db'], { serverLeaseMs }: Settings) {
  const serverId = newUuid();
  return {
    designs: new Designs(db, clock),
    comments: new Comments(db, clock),
    history: new History(db),
    snapshots: new Snapshots(db),
    branches: new Branches(db),
    versions: new Versions(db, clock, newUuid),
    validations: new Validations(db, clock),
    servers: new Servers(db, serverId, serverLeaseMs),
    sessions: new Sessions(db, clock, serverId),
    metrics: new Metrics(db),
    keys: new IdempotencyKeys(db, clock, newUuid),
  };
}

/** The way to other servers; none where the database is embedded, since nobody else has it open. */
async function busOf({ databaseUrl: url, redisUrl }: Settings, db: Database['db']): Promise<Bus | undefined> {
  if (url === undefined) return undefined;
  if (redisUrl === undefined) return new PostgresBus({ url, clock, report });
  return await RedisBus.create({ url: redisUrl, channel: `csp-designer:${await databaseIdentity(db)}`, report });
}

/** The door, with the live sockets behind it and their way to other servers. */
async function doorOf(app: App, settings: Settings, db: Database['db']): Promise<Server> {
  const bus = await busOf(settings, db);
  const live = liveSocket(app, { clock, newId: newUuid, bus, report });
  const server = await createServer(app, { ...settings, pageFolder: join(home, 'web/dist'), live });
  const close = async (): Promise<void> => {
    await server.close();
    live.close();
    await bus?.close();
  };
  return { listen: server.listen, close };
}

async function serve({ port, host, data, components: folders }: ServeOptions): Promise<number> {
  const settings = readSettingsWith({ PORT: port, HOST: host, DATA_DIR: data });
  const ofExamples = examples.flatMap(({ components: folder }) => (folder === undefined ? [] : [folder]));
  const allFolders = [...ofExamples, ...settings.componentsDir, ...folders];
  const catalog = await loadCatalog(components, allFolders);
  const filesFolder = join(settings.dataDir, 'files');
  const database = await openDatabase({ url: settings.databaseUrl, folder: join(settings.dataDir, 'database') });
  const thread = createSearchThread();
  const stores = storesOf(database.db, settings);
  const services = servicesOf(settings);
  const sessionThreads = threadsOf(allFolders, filesFolder, settings, services);
  const checks = new CheckJobs({ clock, newId: newUuid, prepare: (body, terms) => prepareDesign(body, catalog, terms) });
  const forcing = forceThreadsOf(allFolders, settings);
  const recordings = recordingsOf(settings);
  const app = createApp({
    catalog,
    ...stores,
    mayEdit: everybodyMay,
    host: sessionThreads,
    services,
    recordings,
    validate: (body, terms) => validateDesign(body, catalog, thread, terms),
    refine: (body, spec, options) => refineDesign(body, catalog, thread, spec, options),
    determinism: (body, options) => askDeterminism(body, catalog, thread, options),
    checks,
    force: (body, trace) => forcing.force(body, trace, '1'),
    lint: (body) => lintDesign(body, catalog),
    cspm: (body) => cspmOf(body, catalog.component),
    files: localFiles(filesFolder),
    clock,
    newId: newUuid,
    version,
    database: database.kind,
    report,
  });
  const door = await doorOf(app, settings, database.db);
  try {
    await recordings.open();
    await app.join();
    await seedExamples(app, examples, filesFolder);
    if (liveExample !== undefined) await startExample(app, liveExample);
    const listening = await door.listen(settings);
    process.stdout.write(`CSP Designer is open at http://${settings.host}:${listening}\n`);
    await interruption;
  } finally {
    // Searches first, since requests wait for them; then the door, so that nothing new begins.
    await Promise.all([thread.close(), checks.close(), forcing.close()]);
    await door.close();
    await app.close();
    recordings.close();
    await sessionThreads.close();
    await database.close();
  }
  return 0;
}

async function* verifyLog({ design, data }: VerifyLogOptions): AsyncGenerator<VerifiedLog> {
  const settings = readSettingsWith({ DATA_DIR: data });
  const database = await openDatabase({ url: settings.databaseUrl, folder: join(settings.dataDir, 'database') });
  try {
    const catalog = await loadCatalog(components, settings.componentsDir);
    yield* verifyLogs({ designs: new Designs(database.db, clock), snapshots: new Snapshots(database.db), catalog }, design);
  } finally {
    await database.close();
  }
}

// Whoever read the output has gone: as if it were interrupted.
process.stdout.on('error', () => interrupted.abort());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort());
process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  version,
  environment: settingsHelp(),
  colour: process.stdout.hasColors?.() === true || inGitPager(),
  self: [process.execPath, join(home, 'launch.js')].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '),
  signal: interrupted.signal,
  serve,
  open: openFiles,
  verifyLog,
});
// What a component left open outside must not keep the program.
setTimeout(() => process.exit(), 2_000).unref();
