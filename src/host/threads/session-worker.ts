import { enableCompileCache } from 'node:module';
import { constants, getPriority, setPriority } from 'node:os';
import process from 'node:process';
import { setInterval } from 'node:timers';
import { getHeapStatistics } from 'node:v8';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { limitedHttp } from '#host/outside/http-limits.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { loadCatalog } from '#host/plugins.ts';
import { logLines } from '#host/sessions/log-lines.ts';
import { longestShownBytes } from '#host/sessions/sampling.ts';
import { createSessionHost, type RunningSession } from '#host/sessions/session-host.ts';
import type { SessionOrder } from '#host/sessions/session-order.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import type { Sample } from '#model/sessions/session.ts';
import { cpu } from '#runtime/processes/strand.ts';
import { RemotePermits } from './remote-permits.ts';
import { StrayWatch } from './strays.ts';
import {
  errorText,
  type FromThread,
  pulsePlaces,
  type Question,
  type ThreadAnswer,
  type ThreadData,
  type ToThread,
} from './thread-messages.ts';

/** The other end of `session-thread.ts`: holds sessions, tells what they say, answers what it is asked. */

const beatMs = 50;
/** How nice these threads are to the server's own: with a step of ten, a tenth of the processor when all want it. */
const niceBy = 10;
/** Most JSON of the last messages that an ended session leaves behind; the newest of each connection first. */
const mostRemains = 1_048_576;
/** Most lines a second: who logs without end must not keep the server's thread busy. */
const mostLines = 200;

enableCompileCache();
// H24. Linux alone has a priority for each thread; elsewhere this would be that of the whole program.
if (process.platform === 'linux') setPriority(Math.min(getPriority() + niceBy, constants.priority.PRIORITY_LOW));
const port = parentPort as MessagePort;
const { setup, pulse } = workerData as ThreadData;
const shared = new Int32Array(pulse);
const numbers = new Map<string, number>();
const sessions = new Map<string, RunningSession>();
/** Profiles that a session answers before it says that it has ended. */
const owed = new Map<string, Promise<unknown>>();
const secrets = new Map<number, (value: string | undefined) => void>();
let lines = 0;
let lastAsk = 0;

const say = (message: FromThread): void => port.postMessage(message);
// The session thread asks for this by the debugger, when this one computes and cannot answer.
Object.assign(globalThis, { cspRunning: () => cpu.strand?.owner.id });
setInterval(() => {
  lines = Math.max(0, lines - (mostLines * beatMs) / 1_000);
  Atomics.store(shared, pulsePlaces.externalMib, Math.floor(getHeapStatistics().external_memory / 1_048_576));
  Atomics.add(shared, pulsePlaces.beat, 1);
}, beatMs);

function write(line: string): void {
  if (lines > mostLines) return;
  lines++;
  say({ is: 'log', line });
}

function secret(name: string): Promise<string | undefined> {
  const ask = ++lastAsk;
  say({ is: 'secret', ask, name });
  return new Promise((resolve) => secrets.set(ask, resolve));
}

const permits = new RemotePermits((asks) => say({ is: 'permits', asks }));
const { components } = (await import(setup.componentsUrl)) as { components: readonly AnyComponent[] };
const clock = systemClock;
const tools = {
  clock,
  http: limitedHttp(fetch, clock, setup.httpLimits),
  files: localFiles(setup.filesFolder),
  secret,
  log: logLines(write, setup.logLevel, clock.now),
};
const strays = new StrayWatch(tools.log);
const host = createSessionHost({
  catalog: await loadCatalog(components, setup.folders),
  clock,
  mostSessions: Number.POSITIVE_INFINITY,
  tools: (...where) => toolsOf(tools, ...where),
  permits,
  strays,
  takeTurn(session, turn) {
    Atomics.store(shared, pulsePlaces.turnOf, numbers.get(session) ?? 0);
    try {
      turn();
    } finally {
      Atomics.store(shared, pulsePlaces.turnOf, 0);
    }
  },
});
strays.install(host.fail);

async function start(order: SessionOrder, number: number): Promise<void> {
  const { sessionId: session } = order;
  try {
    const running = await host.start(order);
    numbers.set(session, number);
    sessions.set(session, running);
    running.onEvent((event) => say({ is: 'event', session, event }));
    say({ is: 'started', session, snapshot: await running.snapshot() });
    const outcome = await running.ended;
    await owed.get(session);
    say({ is: 'ended', session, remains: { outcome, snapshot: await running.snapshot(), samples: await samplesOf(running) } });
  } catch (thrown) {
    say({ is: 'refused', session, error: errorText(thrown) });
  }
  sessions.delete(session);
  owed.delete(session);
  numbers.delete(session);
}

async function samplesOf(running: RunningSession): Promise<string> {
  const { channels } = await running.snapshot();
  const kept = new Map<string, Sample[]>();
  const all = await Promise.all(
    channels.map(async ({ connection }) => ({ connection, samples: [...(await running.samples(connection))] })),
  );
  let sizeBytes = 0;
  while (all.some(({ samples }) => samples.length > 0)) {
    for (const { connection, samples } of all) {
      const sample = samples.pop();
      const keptBytes = sample?.cut === true ? longestShownBytes : (sample?.sizeBytes ?? 0);
      if (sample === undefined || sizeBytes + keptBytes > mostRemains) continue;
      sizeBytes += keptBytes;
      kept.set(connection, [sample, ...(kept.get(connection) ?? [])]);
    }
  }
  return JSON.stringify(Object.fromEntries(kept));
}

async function answer(session: string, ask: number, question: Question): Promise<void> {
  const running = sessions.get(session);
  if (running === undefined) return;
  try {
    say({ is: 'answer', session, ask, value: await answerTo(running, question) });
  } catch (thrown) {
    say({ is: 'answer', session, ask, error: errorText(thrown) });
  }
}

async function answerTo(running: RunningSession, question: Question): Promise<ThreadAnswer['value']> {
  if (question.is === 'snapshot') return await running.snapshot();
  if (question.is === 'samples') return await running.samples(question.connection, question.afterNumber);
  if (question.is === 'intervene') return (await running.intervene(question.what)) ?? 'done';
  if (question.is === 'swap') return await running.swap(question.body);
  if (question.is === 'profile') return await running.profile(question.ms);
  return void (await running.pause());
}

function asked({ session, ask, question }: Extract<ToThread, { is: 'ask' }>): void {
  const answered = answer(session, ask, question);
  if (question.is === 'profile') owed.set(session, Promise.all([owed.get(session), answered]));
}

port.on('message', (message: ToThread) => {
  if (message.is === 'start') void start(message.order, message.number);
  else if (message.is === 'ask') asked(message);
  else if (message.is === 'permits') permits.hear(message.answers);
  else if (message.is !== 'secret') void sessions.get(message.session)?.[message.is]();
  else {
    secrets.get(message.ask)?.(message.value);
    secrets.delete(message.ask);
  }
});
say({ is: 'ready' });
