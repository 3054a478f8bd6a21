import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { check } from '#contract/check/check.ts';
import { createCatalog } from '#host/catalog.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { wire } from '#host/sessions/wire.ts';
import { manualTools } from '#kit/testing.ts';
import type { Tools } from '#kit/tools.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText, writeDesignText } from '#model/design-text.ts';
import { hasEnded } from '#model/sessions/session.ts';
import type { Network, Outcome } from '#runtime/network.ts';

const here = dirname(fileURLToPath(import.meta.url));
const catalog = createCatalog(components);
const text = await readFile(join(here, 'design.json'), 'utf8');
const csv = await readFile(join(here, 'given/weather.csv'), 'utf8');
const gives = await readFile(join(here, 'gives/wet-days.csv'), 'utf8');

function design(): DesignBody {
  const read = readDesignText(text, catalog);
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  return read.design;
}

/** The same sums by another way: split by hand, whole tenths, no part of the program. */
interface Month {
  days: number;
  rainTenths: number;
  wettestTenths: number;
  highTenths: number;
  windTenths: number;
}

const tenths = (cell: string): number => {
  const [, sign, whole, tenth = '0'] = /^(-?)(\d+)(?:\.(\d))?$/.exec(cell)!;
  return (sign === '-' ? -1 : 1) * (Number(whole) * 10 + Number(tenth));
};
const cells = csv
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));
const wet = cells.filter(([, , precipitation]) => tenths(precipitation!) > 0);

function byHand(): Map<string, Month> {
  const months = new Map<string, Month>();
  for (const [city, date, precipitation, high, , wind] of wet) {
    const key = `${city},${date!.split('-')[1]}`;
    const none: Month = { days: 0, rainTenths: 0, wettestTenths: 0, highTenths: 0, windTenths: 0 };
    const month = months.get(key) ?? none;
    months.set(key, month);
    month.days += 1;
    month.rainTenths += tenths(precipitation!);
    month.wettestTenths = Math.max(month.wettestTenths, tenths(precipitation!));
    month.highTenths += tenths(high!);
    month.windTenths = Math.max(month.windTenths, tenths(wind!));
  }
  return months;
}

describe('what is given and what is expected', () => {
  test('the data is that of the package', async () => {
    const require = createRequire(import.meta.url);
    const ofPackage = dirname(dirname(require.resolve('vega-datasets')));
    expect(JSON.parse(await readFile(join(ofPackage, 'package.json'), 'utf8')).version).toBe('3.2.1');
    expect(csv).toBe(await readFile(join(ofPackage, 'data/weather.csv'), 'utf8'));
    expect(cells).toHaveLength(2_922);
  });

  test('the expected file is what a computation in whole tenths says', () => {
    const months = byHand();
    const [header, ...rows] = gives.trimEnd().split('\n');
    expect(header).toBe('location,month,wetDays,rain,wettestDay,meanHigh,strongestWind');
    expect(rows).toHaveLength(24);
    for (const row of rows) {
      const [city, number, days, rain, wettest, meanHigh, wind] = row.split(',');
      const month = months.get(`${city},${number}`)!;
      expect([Number(days), tenths(rain!), tenths(wettest!), tenths(wind!)]).toEqual([
        month.days,
        month.rainTenths,
        month.wettestTenths,
        month.windTenths,
      ]);
      // Rounded to the nearest tenth: at most half a tenth away.
      expect(Math.abs(tenths(meanHigh!) * month.days - month.highTenths) * 2).toBeLessThanOrEqual(month.days);
    }
  });
});

describe('the design', () => {
  test('is fourteen nodes in canonical text', () => {
    expect(Object.keys(design().nodes)).toHaveLength(14);
    expect(writeDesignText(design())).toBe(text);
  });

  test('is proved free of deadlock', () => {
    const { verdict, findings } = check(design(), catalog.component);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(verdict).toBe('proved');
  });
});

describe('the run', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'weather-'));
    await cp(join(here, 'given'), join(root, 'given'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  async function run(): Promise<{ network: Network; outcome: Outcome }> {
    const { clock, ...others } = manualTools();
    const tools: Tools = { ...others, clock, files: localFiles(root) };
    const network = wire({ design: design(), catalog, tools: () => tools, defer: (turn) => void setImmediate(turn) });
    network.start();
    while (!hasEnded(network.state)) {
      await new Promise((resolve) => setImmediate(resolve));
      if (network.processes().every(({ state }) => state !== 'running')) clock.advanceToNext();
    }
    return { network, outcome: await network.outcome };
  }

  test('writes what is expected, and each row is counted on its way', async () => {
    const { network, outcome } = await run();
    expect(outcome).toEqual({ state: 'completed' });
    const written = await readFile(join(root, 'out/wet-days.csv'), 'utf8');
    expect(written.split('\n').toSorted()).toEqual(gives.split('\n').toSorted());
    const received = Object.fromEntries(network.channels().map((channel) => [channel.connection, channel.received]));
    const inSeattle = wet.filter(([city]) => city === 'Seattle').length;
    expect(received).toMatchObject({
      rows: cells.length,
      paced: cells.length,
      dated: cells.length,
      wet: wet.length,
      dry: cells.length - wet.length,
      'seattle-days': inSeattle,
      'new-york-days': wet.length - inSeattle,
      'seattle-months': 12,
      'new-york-months': 12,
      shown: 24,
      'dry-counts': 2,
    });
    const dry = (city: string): number => cells.filter(([name, , rain]) => name === city && tenths(rain!) === 0).length;
    const counts = network.samples('dry-counts').map(({ value }) => value);
    expect(counts).toEqual([
      { location: 'Seattle', dryDays: dry('Seattle') },
      { location: 'New York', dryDays: dry('New York') },
    ]);
  });

  test('a row that has lost a field fails the run with its line, and nothing is written', async () => {
    const lines = csv.split('\n');
    lines[1_999] = lines[1_999]!.replace(/,[^,]*$/, '');
    await writeFile(join(root, 'given/weather.csv'), lines.join('\n'));
    const { outcome } = await run();
    const message = 'row 1999 (line 2000) has 6 fields, the header names 7';
    expect(outcome).toMatchObject({ state: 'failed', fault: { node: 'parse', code: 'DATA_CONVERT_MALFORMED', message } });
    expect(await readdir(root, { recursive: true })).not.toContain('wet-days.csv');
    expect((await readdir(join(root, 'out')).catch(() => [])).filter((name) => name.endsWith('.csv'))).toEqual([]);
  });

  test('without the file the run fails and says which', async () => {
    await rm(join(root, 'given/weather.csv'));
    const { outcome } = await run();
    expect(outcome).toMatchObject({ fault: { node: 'read', message: 'There is no file given/weather.csv.' } });
  });
});
