import type { Trace, TraceStep, Waiting } from '#model/checks/finding.ts';
import type { Network } from '#runtime/network.ts';
import type { Divergence } from './replayer.ts';
import { runSchedule, type ScheduleOrder, type ScheduleRun, type Steered, type Way } from './schedule.ts';
import { type Happening, isOutside, TraceProgress } from './trace-progress.ts';

/** Runs a network along a trace of the checker, and sees whether it gets stuck where the trace does. Rule S16 in `docs/spec/session.md`. */

export interface ForceOrder {
  /** Called for each attempt: everything must be made afresh. */
  readonly make: (world: Steered) => Network;
  readonly trace: Trace;
  /** An attempt is given up after so many steps of the run. */
  readonly mostSteps: number;
  /** Where two ways lead along the trace, as far as can be seen, the other is tried in another attempt; so many at most. */
  readonly attempts: number;
  readonly startMs: number;
  readonly patience: () => Promise<void>;
  /** True ends the attempts; asked before each. */
  readonly enough: () => boolean;
}

export interface ForcedRun {
  /** True when the run is stuck with the same nodes waiting on the same connections. */
  readonly reached: boolean;
  /** Steps of the trace that were done. */
  readonly followed: number;
  /** The first step of the trace that was not done, and what happened instead; when reached, another way led there. */
  readonly diverged?: Divergence;
  /** Who waits on what at the end of the run; those that have ended are left out. */
  readonly waiting: readonly { readonly node: string; readonly connections: readonly string[] }[];
  /** In words. */
  readonly run: ScheduleRun;
  readonly attempts: number;
}

/** Which of the fitting ways is taken at the choice with this number, where it is not the first. */
type Deviations = ReadonlyMap<number, number>;

/** Steps in which no message passes, after which an attempt goes nowhere. */
const mostIdleSteps = 200;

/**
 * Tries until the trace is followed to its end. When no attempt is, the one that came furthest is made again and goes on by itself from
 * where it leaves the trace: it may get stuck in the same state all the same.
 */
export async function forceTrace(order: ForceOrder): Promise<ForcedRun> {
  const plans: Deviations[] = [new Map()];
  let best: { readonly plan: Deviations; readonly followed: number } | undefined;
  let attempts = 0;
  for (let plan = plans.shift(); plan !== undefined; plan = plans.shift()) {
    const attempt = new Attempt(order, plan, false);
    const forced = await attempt.run();
    attempts++;
    if (forced.reached) return { ...forced, attempts };
    if (best === undefined || forced.followed > best.followed) best = { plan, followed: forced.followed };
    if (attempts >= order.attempts || order.enough()) break;
    plans.push(...attempt.others(order.attempts - plans.length));
  }
  const last = new Attempt(order, best?.plan ?? new Map(), true);
  return { ...(await last.run()), attempts: attempts + 1 };
}

class Attempt {
  readonly #order: ForceOrder;
  readonly #plan: Deviations;
  readonly #onward: boolean;
  /** How many ways fitted at each choice. */
  readonly #fitting: number[] = [];
  #progress: TraceProgress | undefined;
  #network: Network | undefined;
  #diverged: Divergence | undefined;
  #waiting: ForcedRun['waiting'] = [];
  #idle = 0;

  /** @param onward from where it leaves the trace it goes on by itself. */
  constructor(order: ForceOrder, plan: Deviations, onward: boolean) {
    this.#order = order;
    this.#plan = plan;
    this.#onward = onward;
  }

  async run(): Promise<Omit<ForcedRun, 'attempts'>> {
    const { make, trace, mostSteps, startMs, patience } = this.#order;
    const schedule: ScheduleOrder = {
      make: (world) => {
        this.#network = make(world);
        this.#progress = new TraceProgress(this.#network, trace);
        return this.#network;
      },
      choose: (_point, ways) => this.#choose(ways),
      outside: 'always',
      mostSteps,
      startMs,
      patience,
      inWords: true,
      atEnd: () => {
        this.#look();
        this.#waiting = waitingIn(this.#network as Network);
      },
    };
    const run = await runSchedule(schedule);
    const { followed = 0 } = this.#progress ?? {};
    const { ending } = run;
    const others = ending.is === 'stuck' ? differences(trace.waiting, this.#waiting) : [];
    const reached = ending.is === 'stuck' && others.length === 0 && (this.#onward || this.#diverged === undefined);
    const diverged = this.#diverged ?? (reached ? undefined : this.#missed(run, others));
    return {
      reached,
      followed,
      waiting: ending.is === 'stuck' ? this.#waiting : [],
      run,
      ...(diverged !== undefined && { diverged }),
    };
  }

  /** Plans that deviate once more, after the last deviation; the last choices first, for what goes wrong is mostly near. */
  others(most: number): Deviations[] {
    const last = Math.max(-1, ...this.#plan.keys());
    const plans: Deviations[] = [];
    for (let number = this.#fitting.length - 1; number > last; number--) {
      for (let choice = 1; choice < (this.#fitting[number] ?? 0) && plans.length < most; choice++)
        plans.push(new Map([...this.#plan, [number, choice]]));
    }
    return plans;
  }

  #choose(ways: readonly Way[]): number | undefined {
    if (!this.#look()) return this.#onward ? 0 : undefined;
    const progress = this.#progress as TraceProgress;
    const { wanted } = progress;
    if (wanted === undefined) return 0;
    const fitting = progress.fitting(ways);
    if (fitting.length === 0 || ++this.#idle > mostIdleSteps) {
      this.#diverge(wanted, this.#standing(wanted));
      return this.#onward ? 0 : undefined;
    }
    if (fitting.length === 1) return fitting[0];
    this.#fitting.push(fitting.length);
    return fitting[this.#plan.get(this.#fitting.length - 1) ?? 0] ?? fitting[0];
  }

  /** Takes note of what the last step did; false when it is not in the trace. */
  #look(): boolean {
    if (this.#diverged !== undefined) return false;
    const progress = this.#progress as TraceProgress;
    const before = progress.followed;
    const stray = progress.look();
    if (progress.followed > before) this.#idle = 0;
    if (stray.length > 0) this.#diverge(progress.wanted, stray.map(happeningText).join('; '));
    return stray.length === 0;
  }

  #diverge(wanted: TraceStep | undefined, happened: string): void {
    const { steps } = this.#order.trace;
    const step = wanted === undefined ? steps.length + 1 : steps.indexOf(wanted) + 1;
    this.#diverged = { step, recorded: wanted?.text ?? 'nothing can happen any more', happened };
  }

  /** What is missing when the run has ended by itself. */
  #missed({ ending }: ScheduleRun, others: readonly string[]): Divergence | undefined {
    const waiting = this.#waiting;
    const wanted = this.#progress?.wanted;
    if (ending.is === 'failed') this.#diverge(wanted, `${ending.fault.node ?? 'a process'} fails: ${ending.fault.message}`);
    else if (ending.is !== 'stuck') this.#diverge(wanted, endings[ending.is]);
    else if (wanted !== undefined) this.#diverge(wanted, `nobody can go on: ${waiting.map(waitText).join(', ')}`);
    else this.#diverge(undefined, others.join('; '));
    return this.#diverged;
  }

  /** Why none of the processes of a step does it. */
  #standing({ nodes, connection }: TraceStep): string {
    const who = connection === undefined ? nodes : Object.values(endsOf(this.#network as Network, connection));
    return [...new Set(who)].map((node) => standingText(this.#network as Network, node)).join(', ');
  }
}

function waitingIn(network: Network): ForcedRun['waiting'] {
  return network
    .processes()
    .filter(({ state }) => state === 'idle')
    .map(({ node, waitingFor }) => ({ node, connections: connectionsOf(network, node, waitingFor) }));
}

const endings = {
  completed: 'all have ended',
  cut: 'the run still goes on',
  waiting: 'the outside does not answer',
  halted: 'the run was halted',
} as const;

function happeningText({ does, connection, from, to }: Happening): string {
  switch (does) {
    case 'passes':
      return `${from} sends to ${to} on ${connection}`;
    case 'asks':
      return `${from} asks ${to} on ${connection}`;
    case 'answers':
      return `${to} answers ${from} on ${connection}`;
    case 'puts':
      return `${from} puts a message into ${connection}`;
    case 'takes':
      return `${to} takes a message out of ${connection}`;
    case 'loses':
      return `${from} sends on ${connection}, where ${to} does not receive`;
  }
}

const waitText = ({ node, connections }: ForcedRun['waiting'][number]): string =>
  `${node} waits on ${connections.join(' or ') || 'nothing that is connected'}`;

function standingText(network: Network, node: string): string {
  const process = network.processes().find((one) => one.node === node);
  if (process === undefined || process.state !== 'idle')
    return `${node} ${process?.state === 'completed' ? 'has ended' : 'goes on otherwise'}`;
  const connections = connectionsOf(network, node, process.waitingFor);
  return connections.length > 0 ? waitText({ node, connections }) : `${node} waits for ${process.waitingFor.join(' or ')}`;
}

function endsOf(network: Network, connection: string): { from: string; to: string } {
  const { from, to } = network.channel(connection).plan;
  return { from: from.process, to: to.process };
}

function connectionsOf(network: Network, node: string, ports: readonly string[]): string[] {
  return network
    .channels()
    .map(({ connection }) => network.channel(connection).plan)
    .filter(({ from, to }) => [from, to].some(({ process, port }) => process === node && ports.includes(port)))
    .map(({ id }) => id);
}

function differences(wanted: readonly Waiting[], waiting: ForcedRun['waiting']): string[] {
  const now = new Map(waiting.map((one) => [one.node, one]));
  const others = waiting.filter(({ node }) => !isOutside(node) && wanted.every((one) => one.node !== node));
  const missing = wanted.flatMap(({ node, on }) => {
    const real = now.get(node);
    if (real === undefined) return [`${node} does not wait`];
    const expected = new Set(on.map(({ connection }) => connection));
    const alike = expected.size === real.connections.length && real.connections.every((id) => expected.has(id));
    return alike ? [] : [`${waitText(real)} and not on ${[...expected].join(' or ') || 'nothing'}`];
  });
  return [...missing, ...others.map(({ node }) => `${node} waits too`)];
}
