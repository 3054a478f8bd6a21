/** How long after a change the page has its verdict, and what its own thread spends on it. See README.md for what is measured and what is not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { chromium, type Page } from 'playwright-core';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { figureOf, printTable } from '../figures.ts';
import { productAt, sent, served } from '../served.ts';

const nodes = 200;
const rounds = 15;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** What the page's thread did for one check. */
interface Seen {
  readonly pressed: number;
  readonly told: number;
  readonly workerMs: number;
  readonly mainMs: number;
  readonly verdict: string;
}

type Kind = readonly [kind: string, settings?: Record<string, unknown>];

function chain(name: string, kindOf: (n: number) => Kind, closed: boolean): DesignBody {
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

const designs = [
  chain('a ring of merges', () => ['flow.merge'], true),
  chain('a chain', (n) => (n === 0 ? ['io.manual'] : n === nodes - 1 ? ['compute.discard'] : ['flow.merge']), false),
];

// Runs in the page before its own scripts: a Worker that notes when it is asked and when it has told.
const watching = `(() => {
  let now;
  let done;
  // The longest time from then on, for a fifth of a second, in which the thread did nothing else.
  const longestBlock = (from) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    let last = from;
    let most = 0;
    port1.onmessage = () => {
      const at = performance.now();
      most = Math.max(most, at - last);
      last = at;
      if (at - from > 200) resolve(most);
      else port2.postMessage(0);
    };
    port2.postMessage(0);
  });
  globalThis.press = (shift) => {
    now = { pressed: performance.now(), told: 0, mainMs: 0, workerMs: 0, verdict: '' };
    const told = new Promise((resolve) => { done = resolve; });
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: shift ? 'Z' : 'z', ctrlKey: true, shiftKey: shift, bubbles: true }));
    return told;
  };
  globalThis.Worker = class extends Worker {
    set onmessage(heard) {
      super.onmessage = (event) => {
        const from = performance.now();
        heard(event);
        if (!now || event.data.is !== 'told' || now.told > 0) return;
        now.told = performance.now();
        now.workerMs = event.data.tookMs;
        now.verdict = event.data.validation.findings.find(({ rule }) => rule === 'deadlock')?.verdict ?? 'none';
        longestBlock(from).then((ms) => done({ ...now, mainMs: ms }));
      };
    }
  };
})()`;

async function pressed(page: Page, shift: boolean): Promise<Seen> {
  return (await page.evaluate(`press(${shift})`)) as Seen;
}

/** Takes back and makes again one deletion: each is a change of one node and its two wires. */
async function measured(
  page: Page,
  address: string,
  id: string,
): Promise<{ seen: readonly Seen[]; serverMs: readonly number[] }> {
  await page.goto(`${address}/designs/${id}`);
  await page.locator('[data-node="n7"]').click({ force: true });
  await page.locator('.verdict[data-verdict="told"]').waitFor({ timeout: 60_000 });
  await page.keyboard.press('Delete');
  const seen: Seen[] = [];
  for (let round = -5; round < rounds; round++) {
    const one = await pressed(page, round % 2 === 0);
    if (round >= 0) seen.push(one);
    await page.locator('[data-saving="saved"]').waitFor({ state: 'attached' });
  }
  const serverMs: number[] = [];
  for (let round = -2; round < 10; round++) {
    const ms = await page.evaluate(`(async () => {
      const from = performance.now();
      await (await fetch('/api/v1/designs/${id}/validate', { method: 'POST' })).json();
      return performance.now() - from;
    })()`);
    if (round >= 0) serverMs.push(ms as number);
  }
  return { seen, serverMs };
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
    ['design', 'verdict', 'change to verdict, ms', 'the thread, ms', "the page's own thread, ms", 'asking the server, ms'],
  ];
  for (const design of designs) {
    const { id } = await sent<{ id: string }>('POST', `${server.address}/api/v1/designs`, design);
    const { seen, serverMs } = await measured(page, server.address, id);
    rows.push([
      `${design.name}, ${nodes} nodes`,
      [...new Set(seen.map(({ verdict }) => verdict))].join(', '),
      text(seen.map(({ pressed: from, told }) => told - from)),
      text(seen.map(({ workerMs }) => workerMs)),
      text(seen.map(({ mainMs }) => mainMs)),
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
