/** How long after a change the page shows its verdict, and what its own thread spends on it. See README.md for what is measured and what is not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { chromium, type Page } from 'playwright-core';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { figureOf, printTable } from '../figures.ts';
import { productAt, sent, served } from '../served.ts';

const rounds = 15;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** Moments of the page, in milliseconds of its own clock. */
interface Seen {
  readonly pressed: number;
  readonly told: number;
  readonly shown: number;
  readonly workerMs: number;
  readonly verdict: string;
}

type Kind = readonly [kind: string, settings?: Record<string, unknown>];

function chain(name: string, nodes: number, kindOf: (n: number) => Kind, closed: boolean): DesignBody {
  const design = emptyDesign(name);
  for (let n = 0; n < nodes; n++) {
    const [kind, settings = {}] = kindOf(n);
    design.nodes[`n${n}`] = { id: `n${n}`, kind, version: 1, label: '', settings, onFailure: 'stop' };
    design.canvas.positions[`n${n}`] = { x: (n % 20) * 220, y: Math.floor(n / 20) * 120 };
    const to = (n + 1) % nodes;
    if (to === 0 && !closed) continue;
    const from = { node: `n${n}`, port: 'out', index: 0 };
    design.connections[`c${n}`] = {
      id: `c${n}`,
      from,
      to: { node: `n${to}`, port: 'in', index: 0 },
      capacity: 0,
      policy: 'block',
    };
  }
  return design;
}

// The last hands back to the one before it.
function knotted(name: string, nodes: number): DesignBody {
  const design = chain(name, nodes, (n) => (n === 0 ? ['io.manual'] : ['flow.merge']), false);
  design.connections['back'] = {
    id: 'back',
    from: { node: `n${nodes - 1}`, port: 'out', index: 0 },
    to: { node: `n${nodes - 2}`, port: 'in', index: 1 },
    capacity: 0,
    policy: 'block',
  };
  return design;
}

const row = (name: string, nodes: number): DesignBody =>
  chain(name, nodes, (n) => (n === 0 ? ['io.manual'] : n === nodes - 1 ? ['compute.discard'] : ['flow.merge']), false);

const designs = [
  chain('a ring of merges', 200, () => ['flow.merge'], true),
  row('a chain', 200),
  knotted('a chain that ends in a knot of two', 200),
  row('a chain', 1_000),
  knotted('a chain that ends in a knot of two', 1_000),
].filter(({ name }) => name.includes(process.argv[2] ?? ''));

// Runs in the page before its own scripts: a Worker that notes when it is asked and when it has told.
const watching = `(() => {
  let now;
  let done;
  globalThis.press = (shift) => {
    now = { pressed: performance.now(), told: 0 };
    performance.mark('pressed');
    const shown = new Promise((resolve) => { done = resolve; });
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: shift ? 'Z' : 'z', ctrlKey: true, shiftKey: shift, bubbles: true }));
    return shown;
  };
  globalThis.Worker = class extends Worker {
    set onmessage(heard) {
      super.onmessage = (event) => {
        if (now && event.data.is === 'told' && now.told === 0) {
          now.told = performance.now();
          performance.mark('told');
          now.workerMs = event.data.tookMs;
          now.verdict = event.data.validation.findings.find(({ rule }) => rule === 'deadlock')?.verdict ?? 'none';
          // After the frame that has it.
          requestAnimationFrame(() => setTimeout(() => {
            now.shown = performance.now();
            performance.mark('shown');
            setTimeout(() => { performance.mark('after'); done(now); }, 1_000);
          }));
        }
        heard(event);
      };
    }
  };
})()`;

async function pressed(page: Page, shift: boolean): Promise<Seen> {
  return (await page.evaluate(`press(${shift})`)) as Seen;
}

interface Traced {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

interface Blocks {
  /** Milliseconds on the wall of the longest task of the page's thread between the key and the verdict, and of the processor in it. */
  readonly drawing: readonly [wallMs: number, processorMs: number];
  /** The same from the verdict on, those of the other questions with it. */
  readonly telling: readonly [wallMs: number, processorMs: number];
  /** Milliseconds of the processor that the page's thread took until the verdict was shown, and its worker until it was told. */
  readonly page: number;
  readonly worker: number;
}

/** What the page's thread did in each round, by the browser's own trace. */
function blocksOf(trace: Buffer): readonly Blocks[] {
  const { traceEvents: events } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly Traced[] };
  const marks = (name: string) => events.filter((event) => event.name === name).toSorted((a, b) => a.ts - b.ts);
  const [pressed, told, shown, after] = [marks('pressed'), marks('told'), marks('shown'), marks('after')];
  const here = events.filter(({ name, pid }) => name === 'ThreadControllerImpl::RunTask' && pid === pressed[0]?.pid);
  const tasks = here.filter(({ tid }) => tid === pressed[0]?.tid);
  const workers = new Set(
    events.flatMap(({ name, tid, args }) => (name === 'thread_name' && args?.name?.startsWith('DedicatedWorker') ? [tid] : [])),
  );
  // What was begun before is not of this change: the answers to the other questions about the one before it, which are ended then.
  const processorMs = (list: readonly Traced[], from: number, to: number): number =>
    list.filter(({ ts }) => ts >= from && ts < to).reduce((sum, { tdur = 0 }) => sum + tdur / 1_000, 0);
  const byWorkers = here.filter(({ tid }) => workers.has(tid));
  const longest = (from: number, to: number): [number, number] => {
    const within = tasks.filter(({ ts, dur = 0 }) => ts + dur > from && ts < to);
    return [Math.max(0, ...within.map(({ dur = 0 }) => dur / 1_000)), Math.max(0, ...within.map(({ tdur = 0 }) => tdur / 1_000))];
  };
  return after.map(({ ts }, n) => {
    const [from = 0, verdict = 0] = [pressed[n]?.ts, told[n]?.ts];
    return {
      drawing: longest(from, verdict - 1),
      telling: longest(verdict, ts),
      page: processorMs(tasks, from - 1_000, shown[n]?.ts ?? 0),
      worker: processorMs(byWorkers, from, verdict),
    };
  });
}

interface Measured {
  readonly seen: readonly Seen[];
  readonly blocks: readonly Blocks[];
  readonly serverMs: readonly number[];
}

/** Takes back and makes again one deletion: each is a change of one node and its two wires. */
async function measured(page: Page, address: string, id: string): Promise<Measured> {
  await page.goto(`${address}/designs/${id}`);
  await page.locator('[data-node="n7"]').click({ force: true });
  await page.locator('.verdict[data-verdict="told"]').waitFor({ timeout: 60_000 });
  await page.keyboard.press('Delete');
  const seen: Seen[] = [];
  for (let round = -5; round < rounds; round++) {
    if (round === 0) await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
    const one = await pressed(page, round % 2 === 0);
    if (round >= 0) seen.push(one);
    await page.locator('[data-saving="saved"]').waitFor({ state: 'attached' });
  }
  const blocks = blocksOf(await browser.stopTracing());
  const serverMs: number[] = [];
  for (let round = -1; round < 5; round++) {
    const ms = await page.evaluate(`(async () => {
      const from = performance.now();
      await (await fetch('/api/v1/designs/${id}/validate', { method: 'POST' })).json();
      return performance.now() - from;
    })()`);
    if (round >= 0) serverMs.push(ms as number);
  }
  return { seen, blocks, serverMs };
}

const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
const server = await served(productAt(folder));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watching);
  await page.addInitScript("localStorage.setItem('csp.hints', '9')");
  const text = (values: readonly number[]): string => {
    const { median, least, most } = figureOf(values);
    return `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
  };
  const rows = [
    [
      'design',
      'verdict',
      'change to verdict shown, ms',
      'processor until then, ms: page',
      'worker',
      'the thread, ms',
      'longest task before, ms (processor)',
      'longest task after, ms (processor)',
      'asking the server, ms',
    ],
  ];
  for (const design of designs) {
    const { id } = await sent<{ id: string }>('POST', `${server.address}/api/v1/designs`, design);
    const { seen, blocks, serverMs } = await measured(page, server.address, id);
    const tasks = (which: 'drawing' | 'telling'): string =>
      `${text(blocks.map((one) => one[which][0]))} (${text(blocks.map((one) => one[which][1]))})`;
    rows.push([
      `${design.name}, ${Object.keys(design.nodes).length} nodes`,
      [...new Set(seen.map(({ verdict }) => verdict))].join(', '),
      text(seen.map(({ pressed: from, shown }) => shown - from)),
      text(blocks.map(({ page: ms }) => ms)),
      text(blocks.map(({ worker: ms }) => ms)),
      text(seen.map(({ workerMs }) => workerMs)),
      tasks('drawing'),
      tasks('telling'),
      text(serverMs),
    ]);
  }
  printTable(rows);
} finally {
  await browser.close();
  await server.end();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
