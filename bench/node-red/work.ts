/** What a message goes through, on both sides: five nodes, source → filter → transform → route → sink. */
import process from 'node:process';

export interface Work {
  readonly name: string;
  readonly messages: number;
  /** With expressions, the transform is JSONata on both sides; otherwise a line of JavaScript: a component of one's own here. */
  readonly expressions: boolean;
}

export interface Took {
  readonly cpuMs: number;
  readonly ms: number;
}

export const payload = { town: 'Oslo', temp: 7.5 };

export const works: readonly Work[] = [
  { name: 'own node', messages: 50_000, expressions: false },
  { name: 'function node', messages: 50_000, expressions: false },
  { name: 'expressions', messages: 10_000, expressions: true },
];

/** What a round takes; the sink must have seen every message. */
export async function timed({ messages }: Work, run: () => Promise<number>): Promise<Took> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const arrived = await run();
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  if (arrived !== messages) throw new Error(`${arrived} of ${messages} messages arrived`);
  return { cpuMs: (user + system) / 1_000, ms };
}
