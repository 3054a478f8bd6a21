import { isInner } from '#model/design.ts';
import type { LiveMessage } from '#model/live.ts';
import type { ChannelStatus, ProcessStatus, SessionSnapshot } from '#model/sessions/session.ts';
import { byNode } from './inner.ts';

/** One wire at one moment, with what happened since the moment before. */
export interface WireFrame {
  readonly status: ChannelStatus;
  /** When that was: of a wire that was out of sight, some time ago. */
  readonly atMs: number;
  /** Messages received since the frame before. */
  readonly delta: number;
  /** Messages a second, smoothed over about two seconds. */
  readonly rate: number;
  /** The sender has waited for two frames or more: a shorter wait is how a rendezvous works. */
  readonly held: boolean;
  /** The part of the time in which each side waited here, 0 to 1, smoothed as the rate is. */
  readonly senderShare: number;
  readonly receiverShare: number;
}

/** A session at one moment, ready to be painted. */
export interface Frame {
  readonly sessionId: string;
  readonly atMs: number;
  readonly intervalMs: number;
  readonly state: SessionSnapshot['state'];
  readonly wires: ReadonlyMap<string, WireFrame>;
  readonly nodes: ReadonlyMap<string, ProcessStatus>;
  /** Those of which this moment was told; of the others it is as it was last told. */
  readonly told: ReadonlySet<string>;
  /** What runs within a node that stands for others. */
  readonly inner: ReadonlyMap<string, readonly ProcessStatus[]>;
  /** Processor time of a node as a part of the time that passed, 0 to 1, smoothed. */
  readonly cpu: ReadonlyMap<string, number>;
  /** Messages a second on all wires that are drawn. */
  readonly rate: number;
  readonly received: number;
  readonly failures: number;
}

const smoothingMs = 2_000;
const usualIntervalMs = 250;

/** Where only what is looked at was told: the sums of all. */
type Whole = Extract<LiveMessage, { type: 'session.snapshot' }>['whole'];

/**
 * The frame of a snapshot after an earlier one of the same session, if there was one. With `whole` the snapshot is of what is looked at: the
 * rest stays as it was.
 */
export function nextFrame(before: Frame | null, snapshot: SessionSnapshot, whole?: Whole): Frame {
  const previous = before?.sessionId === snapshot.sessionId ? before : null;
  const atMs = Date.parse(snapshot.at);
  const intervalMs = previous === null ? usualIntervalMs : Math.max(atMs - previous.atMs, 1);
  const drawn = snapshot.channels.filter(({ connection }) => !isInner(connection));
  const now = drawn.map((status) => [status.connection, wireFrame(previous, status, atMs, intervalMs)] as const);
  const { nodes: own, inner: within } = byNode(snapshot.processes);
  const cpuNow = [...own.values()].map((node) => [node.node, cpuShare(previous, node, intervalMs)] as const);
  const kept = whole === undefined ? null : previous;
  const wires = new Map([...(kept?.wires ?? []), ...now]);
  const nodes = new Map([...(kept?.nodes ?? []), ...own]);
  const inner = new Map([...(kept?.inner ?? []), ...within]);
  const cpu = new Map([...(kept?.cpu ?? []), ...cpuNow]);
  const { sessionId, state } = snapshot;
  const sums = whole === undefined ? sumsOf(wires, snapshot) : wholeSums(previous, whole, intervalMs);
  return { sessionId, atMs, intervalMs, state, wires, nodes, told: new Set(own.keys()), inner, cpu, ...sums };
}

type Sums = Pick<Frame, 'rate' | 'received' | 'failures'>;

function sumsOf(wires: ReadonlyMap<string, WireFrame>, { processes }: SessionSnapshot): Sums {
  let [rate, received, failures] = [0, 0, 0];
  for (const wire of wires.values()) {
    rate += wire.rate;
    received += wire.status.received;
  }
  for (const node of processes) failures += node.failures;
  return { rate, received, failures };
}

function wholeSums(previous: Frame | null, { received, perSecond, failures }: NonNullable<Whole>, intervalMs: number): Sums {
  if (previous === null) return { rate: perSecond, received, failures };
  const measured = (Math.max(received - previous.received, 0) * 1_000) / intervalMs;
  return { rate: smoothed(previous.rate, measured, intervalMs), received, failures };
}

function wireFrame(previous: Frame | null, status: ChannelStatus, atMs: number, intervalMs: number): WireFrame {
  const last = previous?.wires.get(status.connection);
  // What passed while it was out of sight did not pass in this interval.
  if (last === undefined || last.atMs !== previous?.atMs)
    return { status, atMs, delta: 0, rate: status.perSecond, held: false, senderShare: 0, receiverShare: 0 };
  const delta = Math.max(status.received - last.status.received, 0);
  const rate = smoothed(last.rate, (delta * 1_000) / intervalMs, intervalMs);
  const held = delta === 0 && status.blocked === 'sender' && last.status.blocked === 'sender';
  const share = (before: number, ms: number): number => smoothed(before, shareOf(ms, intervalMs), intervalMs);
  return {
    status,
    atMs,
    delta,
    rate: rate < 0.02 && delta === 0 ? 0 : rate,
    held,
    senderShare: share(last.senderShare, status.senderBlockedMs - last.status.senderBlockedMs),
    receiverShare: share(last.receiverShare, status.receiverBlockedMs - last.status.receiverBlockedMs),
  };
}

function cpuShare(previous: Frame | null, { node, cpuMs = 0 }: ProcessStatus, intervalMs: number): number {
  const before = previous?.told.has(node) === true ? previous.nodes.get(node)?.cpuMs : undefined;
  return before === undefined ? 0 : smoothed(previous?.cpu.get(node) ?? 0, shareOf(cpuMs - before, intervalMs), intervalMs);
}

// Estimates may be more than the time there was.
const shareOf = (ms: number, intervalMs: number): number => Math.min(1, Math.max(0, ms / intervalMs));

function smoothed(before: number, measured: number, intervalMs: number): number {
  return before + (measured - before) * (1 - Math.exp(-intervalMs / smoothingMs));
}

/** A number as short as it may be read at a glance: 7, 1,204, 12.3k, 4.1M. */
export function shortCount(count: number): string {
  if (count < 10_000) return count.toLocaleString('en');
  if (count < 1_000_000) return `${(count / 1_000).toFixed(count < 100_000 ? 1 : 0)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** A rate a second: 0.4/s, 12/s, 3.2k/s. */
export function rateText(rate: number): string {
  return `${rate > 0 && rate < 10 ? rate.toFixed(1) : shortCount(Math.round(rate))}/s`;
}

/** A size: 812 B, 1.3 kB. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
