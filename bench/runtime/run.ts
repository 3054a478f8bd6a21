/** What one communication costs, beside Go and what else can do the same. See README.md for what is measured and what is not. */
import process from 'node:process';
import { asked } from '../child.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { type Case, cases, idle, type Round, type Shape, type SideName, sideNames } from './cases.ts';
import { buildGo, type GoTimes, runGo } from './go.ts';

const rounds = 5;
const roundsToWarm = 2;
/** Those that make whoever is faster wait; promises are the language, and apart. */
const withBackPressure: readonly SideName[] = ['@thi.ng/csp', 'effect', 'streams', 'async generators'];

const peerNames = sideNames.slice(2);

interface Times {
  readonly cpuMs: number;
  readonly ms: number;
}

interface Measured {
  readonly sides: ReadonlyMap<SideName, readonly Times[]>;
  readonly goOne: readonly Times[];
  readonly goTwo: readonly Times[];
}

const side = (name: SideName) => asked<Shape, Round>(new URL('./side.ts', import.meta.url), [name]);

/** Rounds of every side in turn, each in its own process, after two that warm up. */
async function measure({ name, shape }: Case, go: string | undefined): Promise<Measured> {
  const sides = new Map(sideNames.map((one) => [one, side(one)]));
  const times = new Map<SideName, Times[]>();
  const [goOne, goTwo]: [GoTimes[], GoTimes[]] = [[], []];
  for (let round = -roundsToWarm; round < rounds; round++) {
    for (const [one, { ask, end }] of sides) {
      const answer = await ask(shape);
      if (answer.is === 'run' && round >= 0) times.set(one, [...(times.get(one) ?? []), answer]);
      if (answer.is !== 'cannot') continue;
      sides.delete(one);
      await end();
    }
    if (go === undefined || round < 0) continue;
    goOne.push(await runGo(go, name, 1));
    goTwo.push(await runGo(go, name, 2));
  }
  await Promise.all([...sides.values()].map(({ end }) => end()));
  return { sides: times, goOne, goTwo };
}

const cpu = (times: readonly Times[]): Figure => figureOf(times.map(({ cpuMs }) => cpuMs));
const wall = (times: readonly Times[]): Figure => figureOf(times.map(({ ms }) => ms));
const ratio = (ours: Figure, theirs: Figure): string =>
  Number.isNaN(theirs.median) ? '–' : (ours.median / theirs.median).toFixed(2);

function nanoseconds(times: readonly Times[], messages: number): string {
  if (times.length === 0) return '–';
  const [median, least, most] = [cpu(times).median, cpu(times).least, cpu(times).most].map((ms) =>
    ((ms * 1e6) / messages).toFixed(0),
  );
  return `${median} (${least}–${most})`;
}

/** The fastest that has back-pressure, and how often it takes our time. */
function best(ours: Figure, { sides }: Measured): string {
  const others = withBackPressure.flatMap((name) => {
    const times = sides.get(name);
    return times === undefined ? [] : [{ name, median: cpu(times).median }];
  });
  const [first] = others.sort((a, b) => a.median - b.median);
  return first === undefined ? '–' : `${(first.median / ours.median).toFixed(1)} (${first.name})`;
}

function mainRow({ name, messages }: Case, measured: Measured): string[] {
  const ours = measured.sides.get('runtime') ?? [];
  return [
    name,
    nanoseconds(ours, messages),
    nanoseconds(measured.sides.get('steps') ?? [], messages),
    nanoseconds(measured.goOne, messages),
    ratio(cpu(ours), cpu(measured.goOne)),
    ratio(wall(ours), wall(measured.goTwo)),
    best(cpu(ours), measured),
  ];
}

function peerRow({ name, messages }: Case, { sides }: Measured): string[] {
  return [name, ...peerNames.map((peer) => nanoseconds(sides.get(peer) ?? [], messages))];
}

/** Of the sides that have idle processes, with the names as heading. */
async function idleRows(go: string | undefined): Promise<string[][]> {
  const bytes: [SideName | 'Go', string][] = [];
  for (const name of sideNames) {
    const { ask, end } = side(name);
    const answer = await ask(idle);
    await end();
    if (answer.is === 'idle') bytes.push([name, answer.bytes.toFixed(0)]);
  }
  if (go !== undefined) bytes.push(['Go', (await runGo(go, 'bytes', 1)).bytes?.toFixed(0) ?? '–']);
  return [bytes.map(([name]) => name), bytes.map(([, text]) => text)];
}

const wanted = process.argv.slice(2);
const chosen = cases.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const go = await buildGo();
const [mainRows, peerRows]: [string[][], string[][]] = [[], []];
for (const one of chosen) {
  const measured = await measure(one, go);
  mainRows.push(mainRow(one, measured));
  peerRows.push(peerRow(one, measured));
}
if (chosen.length > 0) {
  printTable([
    ['case', 'ns a message', 'as steps', 'Go, 1 processor', 'of Go', 'of Go with 2', 'best JavaScript peer takes … times ours'],
    ...mainRows,
  ]);
  process.stdout.write('\nns a message of the peers\n');
  printTable([['case', ...peerNames], ...peerRows]);
}
if (wanted.length === 0 || wanted.includes('bytes')) {
  process.stdout.write('\nbytes of an idle process with its channel\n');
  printTable(await idleRows(go));
} else if (chosen.length === 0) {
  process.stderr.write(`No case ${wanted.join(', ')}. There are: ${cases.map(({ name }) => name).join(', ')}, bytes.\n`);
  process.exitCode = 1;
}
