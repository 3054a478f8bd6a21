/** The flow in Node-RED, in a process of its own: answers each work with what it took. Its folder and mode are given as arguments. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { payload, timed, type Work } from './work.ts';

interface FlowNode {
  send(message: unknown): void;
  on(event: 'input', hear: (message: unknown, send: (message: unknown) => void, done: () => void) => void): void;
}

/** The part of Node-RED that is used here. */
interface NodeRed {
  init(settings: object): void;
  start(): Promise<void>;
  readonly nodes: {
    createNode(node: unknown, settings: unknown): void;
    registerType(set: string, type: string, node: unknown): void;
  };
  readonly events: { once(event: string, hear: () => void): void };
}

const [folder = '.', delivery] = process.argv.slice(2);
const red = createRequire(join(folder, 'x.js'))('node-red') as NodeRed;

/** So many messages before those on their way are let through: Node-RED knows no back-pressure, and all at once would fill the memory. */
const atOnce = 100;
const sources = new Map<string, FlowNode>();
let arrived = 0;
let allArrived: (() => void) | undefined;
let wanted = 0;

function BenchSource(this: FlowNode, settings: { readonly name: string }): void {
  red.nodes.createNode(this, settings);
  sources.set(settings.name, this);
}

function BenchSink(this: FlowNode, settings: unknown): void {
  red.nodes.createNode(this, settings);
  this.on('input', (_message, _send, done) => {
    done();
    if (++arrived === wanted) allArrived?.();
  });
}

/** What a component of one's own is there: a contributed node. */
function BenchFahrenheit(this: FlowNode, settings: unknown): void {
  red.nodes.createNode(this, settings);
  this.on('input', (message, send, done) => {
    const { payload: weather } = message as { payload: { temp: number; fahrenheit?: number } };
    weather.fahrenheit = weather.temp * 1.8 + 32;
    send(message);
    done();
  });
}

/** The same five nodes; a switch is what filters and routes there. */
function flow(name: string, transform: object): object[] {
  const id = (node: string): string => `${name}-${node}`;
  const node = (of: string, next: string, what: object): object => ({ id: id(of), z: name, wires: [[id(next)]], ...what });
  const above = (property: string, v: string): object => ({
    type: 'switch',
    property,
    propertyType: 'msg',
    rules: [{ t: 'gt', v, vt: 'num' }],
    checkall: 'false',
    outputs: 1,
  });
  return [
    { id: name, type: 'tab', label: name },
    node('source', 'filter', { type: 'bench-source', name }),
    node('filter', 'transform', above('payload.temp', '0')),
    node('transform', 'route', transform),
    node('route', 'sink', above('payload.fahrenheit', '40')),
    { id: id('sink'), z: name, type: 'bench-sink', wires: [] },
  ];
}

const flows = [
  ...flow('own node', { type: 'bench-fahrenheit' }),
  ...flow('function node', {
    type: 'function',
    func: 'msg.payload.fahrenheit = msg.payload.temp * 1.8 + 32;\nreturn msg;',
    outputs: 1,
    libs: [],
  }),
  ...flow('expressions', {
    type: 'change',
    rules: [
      { t: 'set', p: 'payload', pt: 'msg', to: '$merge([payload, { "fahrenheit": payload.temp * 1.8 + 32 }])', tot: 'jsonata' },
    ],
  }),
];

async function started(): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'csp-node-red-user-'));
  process.once('exit', () => rmSync(userDir, { recursive: true, force: true }));
  process.once('SIGTERM', () => process.exit());
  process.once('disconnect', () => process.exit());
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flows));
  red.init({
    userDir,
    flowFile: 'flows.json',
    httpAdminRoot: false,
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: 'off' } },
    runtimeSyncDelivery: delivery === 'sync',
  });
  const running = new Promise<void>((resolve) => red.events.once('flows:started', resolve));
  red.nodes.registerType('bench', 'bench-source', BenchSource);
  red.nodes.registerType('bench', 'bench-fahrenheit', BenchFahrenheit);
  red.nodes.registerType('bench', 'bench-sink', BenchSink);
  await red.start();
  await running;
}

function run({ name, messages }: Work): Promise<number> {
  return new Promise((resolve) => {
    arrived = 0;
    wanted = messages;
    allArrived = () => resolve(arrived);
    let left = messages;
    const some = (): void => {
      for (let n = 0; n < atOnce && left > 0; n++, left--) sources.get(name)?.send({ payload: structuredClone(payload) });
      if (left > 0) setImmediate(some);
    };
    some();
  });
}

const ready = started();
process.on('message', async (work: Work) => {
  await ready;
  process.send?.(await timed(work, () => run(work)));
});
