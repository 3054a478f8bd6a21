/** Many sockets in a process of their own: opens them, sends at a pace, and says how long each frame took until all had it. */
import { once } from 'node:events';
import process from 'node:process';
import { WebSocket } from 'ws';

/** What the process is told to do. */
export interface SocketsWanted {
  readonly url: string;
  readonly sockets: number;
  /** The sockets say hello to these designs in turn; the bare relay has none. What is sent goes to the first. */
  readonly designIds?: readonly string[];
  /** Frames a second, all sockets together, and for how long; 0 sends nothing and keeps them open. */
  readonly perSecond: number;
  readonly seconds: number;
}

export interface SocketsTook {
  readonly frames: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const sockets: WebSocket[] = [];
const begun = new Map<string, { readonly at: number; left: number }>();
const took: number[] = [];
let drained: (() => void) | undefined;

function arrived(txId: string): void {
  const frame = begun.get(txId);
  if (frame === undefined || --frame.left > 0) return;
  begun.delete(txId);
  took.push(performance.now() - frame.at);
  if (begun.size === 0) drained?.();
}

/** Sockets that are being opened at a time. */
const openAtOnce = 20;

async function open({ url, sockets: count, designIds = [] }: SocketsWanted): Promise<void> {
  for (let first = sockets.length; first < count; first = sockets.length) {
    const some = Array.from({ length: Math.min(openAtOnce, count - first) }, (_, at) => first + at);
    await Promise.all(some.map((number) => openOne(url, number, designIds[number % designIds.length])));
  }
}

async function openOne(url: string, number: number, designId: string | undefined): Promise<void> {
  const socket = new WebSocket(url);
  sockets.push(socket);
  const welcomed = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    // Most are told who comes: not worth reading.
    if (data.includes('"type":"peer.came"')) return;
    const message = JSON.parse(String(data)) as { type: string; txId?: string; txs?: readonly { txId: string }[] };
    if (message.type === 'welcome') welcomed.resolve();
    if (message.type === 'tx' && message.txId !== undefined) arrived(message.txId);
    if (message.type === 'edits') for (const { txId } of message.txs ?? []) arrived(txId);
  });
  await once(socket, 'open');
  if (designId === undefined) return;
  socket.send(JSON.stringify({ type: 'hello', designId, lastRev: 1, name: `Bench ${number}` }));
  await welcomed.promise;
}

async function send({ designIds: [designId = ''] = [], perSecond, seconds, sockets: count }: SocketsWanted): Promise<void> {
  const total = Math.round(perSecond * seconds);
  const from = performance.now();
  let sent = 0;
  const done = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - from) / 1_000) * perSecond));
    for (; sent < due; sent++) {
      const txId = crypto.randomUUID();
      begun.set(txId, { at: performance.now(), left: count });
      const edits = [{ do: 'node.move', id: `n${sent % 50}`, at: { x: sent, y: 0 } }];
      sockets[sent % count]?.send(JSON.stringify({ type: 'tx', designId, txId, edits }));
    }
    if (sent < total) return;
    clearInterval(timer);
    done.resolve();
  }, 2);
  await done.promise;
  if (begun.size === 0) return;
  const rest = Promise.withResolvers<void>();
  drained = rest.resolve;
  await rest.promise;
}

process.on('message', async (wanted: SocketsWanted) => {
  await open(wanted);
  took.length = 0;
  if (wanted.perSecond > 0) await send(wanted);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  process.send?.({ frames: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95) } satisfies SocketsTook);
});
