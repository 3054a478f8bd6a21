/** A run with some switches on, in a process of its own: answers each question with its processor milliseconds. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { finished } from 'node:stream/promises';
import { systemClock } from '#base/clock.ts';
import { createCatalog } from '#host/catalog.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { HiddenSecrets } from '#host/sessions/hidden-secrets.ts';
import { recordingOfTools } from '#host/sessions/recorded-tools.ts';
import { wire } from '#host/sessions/wire.ts';
import type { Tools } from '#kit/tools.ts';
import type { Network } from '#runtime/network.ts';
import { Recorder } from '#runtime/replay/recorder.ts';
import { lineText } from '#runtime/replay/recording.ts';
import { flowComponents, flowDesign, type Work, works } from '../flow/work.ts';
import { monitored } from './monitored.ts';
import type { Question, Switches } from './switches.ts';

const defer = (turn: () => void): void => void setImmediate(turn);
const shared = { clock: systemClock, http: fetch, files: localFiles('.'), secret: async () => undefined, log: () => {} };
const metrics: Tools['metrics'] = { count: () => {}, gauge: () => {} };
const { signal } = new AbortController();

/** Each switch is thrown here, and only here. */
function wired(work: Work, { monitor }: Switches, recorder: Recorder | undefined, write: (line: object) => void): Network {
  const catalog = createCatalog(monitor ? flowComponents.map(monitored) : flowComponents);
  const clock = recorder?.clock ?? systemClock;
  const recorded = recordingOfTools(write, new HiddenSecrets());
  const tools = (node: string): Tools => {
    const own = toolsOf({ ...shared, clock }, 'bench', node, signal);
    return { ...own, ...(recorder !== undefined && recorded(own, node)), metrics };
  };
  const network = wire({ design: flowDesign(catalog, work, 0), catalog, tools, defer, ...recorder });
  recorder?.attach(network);
  return network;
}

async function run(work: Work, switches: Switches): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-cost-'));
  const stream = createWriteStream(join(folder, 'run.jsonl'));
  const write = (line: object): void => void stream.write(lineText(line));
  const recorder = switches.record ? new Recorder({ clock: systemClock, defer }, systemClock.now(), write) : undefined;
  const network = wired(work, switches, recorder, write);
  (recorder ?? network).start();
  const { state, fault } = await network.outcome;
  stream.end();
  await finished(stream);
  const arrived = network.channel('fit').status().received;
  await rm(folder, { recursive: true });
  if (state !== 'completed' || arrived !== work.messages) throw new Error(`${state} with ${arrived} messages: ${fault?.message}`);
}

process.on('message', async ({ work, switches }: Question) => {
  const before = process.cpuUsage();
  await run(works[work] as Work, switches);
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / 1_000);
});
