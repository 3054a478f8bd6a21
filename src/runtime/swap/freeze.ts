import type { Channel } from '#runtime/channels/channel.ts';
import type { Process } from '#runtime/processes/process.ts';
import { type Knot, knotsInOrder } from './topology.ts';

/** What a freeze comes to. A refusal leaves everything as if it had not been asked for. */
export type Frozen =
  | { readonly ok: true }
  | { readonly ok: false; readonly nodes: readonly string[]; readonly why: FreezeRefusal; readonly message: string };

/** `restless`: these never rest. `stuck`: they wait for each other. `moving`: they were never at rest together. */
export type FreezeRefusal = 'restless' | 'stuck' | 'moving' | 'cancelled';

/** What a freeze needs of its network. */
export interface Freezable {
  readonly processes: ReadonlyMap<string, Process>;
  readonly channels: ReadonlyMap<string, Channel>;
  /** True while nothing can go on and nothing is awaited from the clock or the outside. */
  readonly idle: () => boolean;
}

/** Communications of the whole network after which a part that has not come to rest is given up. */
export const mostMoves = 20_000;

/**
 * Brings a network to rest without losing or doubling anything (S27): sources first, and whoever is behind them when its own turn has
 * come, so that nobody waits for a reader that lies down before him and the wires stay as they are. The members of a loop lie down when
 * all of them rest at one moment.
 *
 * `look` is to be called after each communication, and once nothing can go on.
 */
export class Freeze {
  readonly answer: Promise<Frozen>;
  readonly #settle: (answer: Frozen) => void;
  readonly #network: Freezable;
  readonly #knots: readonly Knot[];
  #moves = 0;
  #over = false;
  #given = true;

  constructor(network: Freezable) {
    const { promise, resolve } = Promise.withResolvers<Frozen>();
    this.answer = promise;
    this.#settle = resolve;
    this.#network = network;
    const edges = [...network.channels.values()].map(({ plan }) => [plan.from.process, plan.to.process] as const);
    this.#knots = knotsInOrder([...network.processes.keys()], edges);
  }

  /** False once it has been refused. */
  get given(): boolean {
    return this.#given;
  }

  /** True while it must be looked again. */
  look(): boolean {
    if (this.#over) return false;
    const front = this.#layDown();
    if (front.length === 0) this.#end({ ok: true });
    else this.#giveUpOn(front);
    return !this.#over;
  }

  cancel(): void {
    this.#refuse([], 'cancelled', 'The freeze was cancelled.');
  }

  /** Those whose turn it is, and who are not down yet or not done with their finally blocks. */
  #layDown(): Process[] {
    const waiting = new Set<string>();
    const front: Process[] = [];
    for (const { members, before } of this.#knots) {
      const up = members.map((id) => this.#process(id)).filter((process) => !process.over && !process.lies);
      const first = !before.some((id) => waiting.has(id));
      if (first && up.every((process) => process.atRest)) for (const process of up) process.layDown();
      const left = up.filter((process) => !process.lies);
      for (const { id } of left) waiting.add(id);
      if (first) front.push(...left);
    }
    return front;
  }

  #giveUpOn(front: readonly Process[]): void {
    const restless = [...this.#network.processes.values()].filter((process) => !process.over && !process.canRest);
    if (restless.length > 0) {
      const { names, verb } = inWords(restless);
      this.#refuse(restless, 'restless', `${names} ${verb} no point of rest: the component does not say where it rests.`);
    } else if (this.#network.idle()) {
      const stuck = front.filter((process) => !process.atRest);
      const { names } = inWords(stuck);
      this.#refuse(stuck, 'stuck', `${names} cannot go on to a point of rest: nobody reads or writes at the other end.`);
    } else if (++this.#moves > mostMoves) {
      const moving = front.filter((process) => !process.atRest);
      const { names, verb } = inWords(moving.length > 0 ? moving : front);
      const message = `${names} ${verb} not come to rest within ${mostMoves} communications. Stop what goes round in the loop, or stop the session.`;
      this.#refuse(front, 'moving', message);
    }
  }

  #refuse(processes: readonly Process[], why: FreezeRefusal, message: string): void {
    if (this.#over) return;
    for (const process of this.#network.processes.values()) process.takeUp();
    this.#end({ ok: false, nodes: processes.map(({ id }) => id), why, message });
  }

  #end(answer: Frozen): void {
    this.#over = true;
    this.#given = answer.ok;
    this.#settle(answer);
  }

  #process(id: string): Process {
    return this.#network.processes.get(id) as Process;
  }
}

function inWords(processes: readonly Process[]): { readonly names: string; readonly verb: 'has' | 'have' } {
  return { names: processes.map(({ id }) => id).join(', '), verb: processes.length === 1 ? 'has' : 'have' };
}
