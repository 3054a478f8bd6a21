import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { localFiles } from '#host/outside/local-files.ts';
import type { Http } from '#kit/tools.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText } from '#model/design-text.ts';
import { alone } from '#model/expand.ts';
import { exploreBody } from './explore-body.ts';
import { type RecordParts, recordBody, replayBody } from './record-body.ts';
import type { PortFile, ReplayReport, RunOptions, RunReport } from './run-body.ts';

const catalog = createCatalog(components);
const clock = systemClock;
let folder: string;
let recording: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-'));
  recording = join(folder, 'run.rec');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function draw(nodes: object, connections: object = {}): DesignBody {
  const read = readDesignText(JSON.stringify({ format: 'csp-design/1', name: 'drawn', nodes, connections }), catalog);
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  return read.design;
}

const end = (node: string, port: string, file = '-'): PortFile => ({ node, port, index: 0, file });

/** Parts that see the folder, or, after `away`, no outside at all. */
function parts(http: Http, away = false): RecordParts {
  const gone = (): never => {
    throw new Error('a replay touched the outside');
  };
  const secret = async (): Promise<string> => 'the-secret-itself';
  const files = (at: string) => (away ? { read: gone, write: gone, list: gone, watch: gone } : localFiles(at));
  return { catalog, clock, sharedAt: (at) => ({ clock, http: away ? gone : http, files: files(at), secret, log: () => {} }) };
}

/** What a report counts; what is measured of the processor is another matter each time. */
const counted = ({ processes, ...report }: RunReport | ReplayReport): object => {
  const { steps: _steps, cut, ...rest } = { steps: 0, cut: false, ...report };
  expect(cut).toBe(false);
  return { ...rest, processes: processes.map(({ cpuMs: _cpu, services: _services, ...counts }) => counts) };
};

interface Told {
  readonly report: RunReport;
  readonly printed: string;
}

async function record(body: DesignBody, given: Partial<RunOptions> = {}, http: Http = fetch): Promise<Told> {
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  const options = { inputs: [], outputs: [], signal: new AbortController().signal, filesFolder: folder, recording, out };
  return { report: await recordBody(parts(http), 'design.json', alone(body), { ...options, ...given }), printed };
}

async function replay(body: DesignBody, outputs: readonly PortFile[] = []): Promise<Told & { readonly report: ReplayReport }> {
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  return { report: await replayBody(parts(fetch, true), alone(body), { recording, outputs, out }), printed };
}

const { file, ...chain } = {
  file: 'given.txt',
  nodes: {
    read: { kind: 'io.file', settings: { path: 'given.txt', pieces: 'lines' } },
    slow: { kind: 'flow.delay', settings: { delayMs: 1 } },
    map: { kind: 'data.transform', settings: { mapping: '{ "n": $number($), "at": $now() }' } },
  },
  connections: { one: { from: 'read.out', to: 'slow.in' }, two: { from: 'slow.out', to: 'map.in' } },
};

describe('a recorded run of a design', () => {
  test('[S14] [S15] gives the same outputs, counts and times again when its files are gone', async () => {
    await writeFile(join(folder, file), '1\n2\n3\n');
    const body = draw(chain.nodes, chain.connections);
    const outputs = [end('map', 'out')];
    const { report, printed } = await record(body, { outputs });
    expect([report.state, printed.trim().split('\n')]).toEqual(['completed', expect.objectContaining({ length: 3 })]);
    await rm(join(folder, file));
    const again = await replay(body, outputs);
    expect(again.report.diverged).toBeUndefined();
    expect(counted(again.report)).toEqual(counted(report));
    expect(again.printed).toBe(printed);
    const saved = join(folder, 'again.txt');
    await replay(body, [end('map', 'out', saved)]);
    expect(await readFile(saved, 'utf8')).toBe(printed);
  });

  test('[S14] keeps answers of servers, but no secret', async () => {
    const asked: string[] = [];
    const http: Http = async (request) => {
      asked.push(request.headers.get('authorization') ?? '');
      return new Response(`{"asked":${asked.length}}`, { headers: { 'content-type': 'application/json' } });
    };
    const body = draw({ ask: { kind: 'io.http', settings: { url: 'https://api.example.com/', secret: 'KEY' } } });
    const inputs = [end('ask', 'in', join(folder, 'in.json'))];
    await writeFile(join(folder, 'in.json'), '[1, 2]');
    const outputs = [end('ask', 'out')];
    const { report, printed } = await record(body, { inputs, outputs }, http);
    expect([report.state, asked.map((text) => text.includes('the-secret-itself'))]).toEqual(['completed', [true, true]]);
    expect(await readFile(recording, 'utf8')).not.toContain('the-secret-itself');
    const again = await replay(body, outputs);
    expect([again.report.diverged, again.printed]).toEqual([undefined, printed]);
    expect(asked).toHaveLength(2);
  });

  test('[S14] keeps failures and what is stuck', async () => {
    const failing = draw(
      { read: { kind: 'io.file', settings: { path: 'none' } }, end: { kind: 'compute.discard' } },
      { w: { from: 'read.out', to: 'end.in' } },
    );
    const ring = draw(
      { a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } },
      { ab: { from: 'a.out', to: 'b.in' }, ba: { from: 'b.out', to: 'a.in' } },
    );
    for (const body of [failing, ring]) {
      const { report } = await record(body);
      const again = await replay(body);
      expect(again.report.diverged).toBeUndefined();
      expect(counted(again.report)).toEqual(counted(report));
    }
  });

  test('[S15] a replay that differs says at which step', async () => {
    await writeFile(join(folder, file), '1\n2\n3\n');
    const body = draw(chain.nodes, chain.connections);
    await record(body, { outputs: [end('map', 'out')] });
    const text = await readFile(recording, 'utf8');
    await writeFile(
      recording,
      text.replace('"gives":["Mg=="', '"gives":["Nw=="').replace(/"gives":\["MQoyCjMK"\]/, '"gives":["MQo3CjMK"]'),
    );
    const { report } = await replay(body);
    expect(report.diverged?.happened).toContain('7');
    expect(report.diverged?.step).toBeGreaterThan(1);
  });

  test('[S14] bad recordings are told apart', async () => {
    await writeFile(join(folder, file), '1\n');
    const body = draw(chain.nodes, chain.connections);
    await record(body, { outputs: [end('map', 'out')] });
    const text = await readFile(recording, 'utf8');
    const moved = { ...body, name: 'renamed' };
    expect((await replay(moved)).report.diverged).toBeUndefined();
    const ranked = structuredClone(body);
    for (const node of Object.values(ranked.nodes)) node.priority = 'low';
    await expect(replay(ranked)).rejects.toMatchObject({ code: 'APP_RECORDING_OTHER_DESIGN' });
    const other = draw({ ...chain.nodes, slow: { kind: 'flow.delay', settings: { delayMs: 2 } } }, chain.connections);
    await expect(replay(other)).rejects.toMatchObject({ code: 'APP_RECORDING_OTHER_DESIGN' });
    await expect(replay(body, [end('map', 'err')])).rejects.toMatchObject({ code: 'APP_RECORDING_OUTPUT' });
    await writeFile(recording, text.slice(0, -20));
    await expect(replay(body)).rejects.toMatchObject({ code: 'RUNTIME_RECORDING_TRUNCATED' });
    await writeFile(recording, text.replace('csp-recording/1', 'csp-recording/9'));
    await expect(replay(body)).rejects.toMatchObject({ code: 'RUNTIME_RECORDING_NEWER' });
    await rm(recording);
    await expect(replay(body)).rejects.toMatchObject({ code: 'APP_FILE_UNREADABLE' });
  });

  test('[S13] [S15] what a search found is replayed, and another choice is told', async () => {
    const body = draw(
      { a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } },
      { ab: { from: 'a.out', to: 'b.in' }, ba: { from: 'b.out', to: 'a.in' } },
    );
    const order = { inputs: [], outputs: [], schedules: 5, preemptions: 1, seed: 's', signal: new AbortController().signal };
    await exploreBody({ catalog, clock }, alone(body), { ...order, recording });
    const { report } = await replay(body);
    expect(report.diverged).toBeUndefined();
    expect(report.stuck?.nodes).toEqual(['a', 'b']);
    const text = await readFile(recording, 'utf8');
    await writeFile(recording, text.replace('"choice":0,"of":2', '"choice":1,"of":2'));
    expect((await replay(body)).report.diverged).toMatchObject({ step: 1 });
    await writeFile(recording, text.replace('"of":2', '"of":3'));
    expect((await replay(body)).report.diverged).toMatchObject({ step: 1, recorded: '3 ways to go on' });
  });
});
