import { hasEnded } from '#model/sessions/session.ts';
import { Step, type StepDone, type Steppable } from '#runtime/processes/step.ts';
import type { Defer } from '#runtime/replay/steering.ts';
import { type BreakpointHit, type BreakpointPlan, Breakpoints } from './breakpoints.ts';

/** What interventions need of their network. */
export interface Intervened extends Steppable {
  readonly defer: Defer;
  /** The session pauses; called from within the run. */
  pause(): void;
  /** A step is over. */
  stepped(): void;
}

/** What is done to parts of a running network: nodes and connections held, breakpoints, steps. Rules S35… in `docs/spec/session.md`. */
export class Interventions {
  readonly #network: Intervened;
  readonly #breakpoints: Breakpoints;
  #hit: BreakpointHit | undefined;
  #step: Step | undefined;
  #lastStep: Promise<unknown> = Promise.resolve();

  constructor(network: Intervened) {
    this.#network = network;
    this.#breakpoints = new Breakpoints((hit) => this.#break(hit));
  }

  /** The breakpoint that paused the session; undefined when it goes on, or was paused otherwise. */
  get hit(): BreakpointHit | undefined {
    return this.#hit;
  }

  /** True while a node or a connection is held: a session that waits for that is not stuck (S41). */
  get holding(): boolean {
    const { processes, channels } = this.#network;
    return [...processes.values()].some(({ held }) => held) || [...channels.values()].some(({ closed }) => closed);
  }

  holdNode(id: string): void {
    this.#betweenTurns(() => this.#network.processes.get(id)?.hold());
  }

  releaseNode(id: string): void {
    this.#betweenTurns(() => this.#network.processes.get(id)?.release());
  }

  holdConnection(id: string): void {
    this.#betweenTurns(() => this.#network.channels.get(id)?.close());
  }

  releaseConnection(id: string): void {
    this.#betweenTurns(() => this.#network.channels.get(id)?.open());
  }

  setBreakpoint(connection: string, plan: BreakpointPlan): void {
    const channel = this.#network.channels.get(connection);
    if (channel !== undefined) this.#breakpoints.set(channel, plan);
  }

  clearBreakpoint(connection: string): void {
    this.#breakpoints.clear(connection);
  }

  /** Connections are others now (S29): breakpoints of those that are gone go, the others stay. */
  rewired(): void {
    this.#breakpoints.moveTo(this.#network.channels);
  }

  breakpoint(connection: string): ReturnType<Breakpoints['status']> {
    return this.#breakpoints.status(connection);
  }

  /** Takes one step of a paused session (S40); with a node, up to its next communication. Steps wait for each other. */
  step(node?: string): Promise<StepDone> {
    const done = this.#lastStep.then(() => this.#takeStep(node));
    this.#lastStep = done;
    return done;
  }

  /** The session goes on. */
  resumed(): void {
    this.#hit = undefined;
  }

  /** The session stops: nothing is held any more. */
  releaseAll(): void {
    for (const process of this.#network.processes.values()) process.release();
    for (const channel of this.#network.channels.values()) channel.open();
  }

  #break(hit: BreakpointHit): void {
    this.#hit ??= hit;
    if (this.#step === undefined) this.#network.pause();
    else this.#network.scheduler.hold();
  }

  #takeStep(node: string | undefined): Promise<StepDone> {
    const { state, defer, processes } = this.#network;
    if (state !== 'paused') return Promise.resolve({ says: 'nothing happens: the session is not paused', passed: [] });
    this.#hit = undefined;
    const held = node === undefined ? undefined : processes.get(node);
    const wasHeld = held?.held === true;
    if (wasHeld) held?.release();
    const step = new Step(this.#network, node);
    this.#step = step;
    return new Promise((resolve) => {
      const turn = (): void => {
        if (this.#network.state === 'paused' && !step.turn()) return void defer(turn);
        this.#step = undefined;
        if (wasHeld && !hasEnded(this.#network.state)) held?.hold();
        const hit = this.#hit;
        resolve({ ...step.done(), ...(hit !== undefined && { hit }) });
        this.#network.stepped();
      };
      defer(turn);
    });
  }

  // A running strand cannot be taken aside.
  #betweenTurns(act: () => void): void {
    const { scheduler, defer } = this.#network;
    const acting = (): void => {
      if (hasEnded(this.#network.state) || this.#network.state === 'stopping') return;
      act();
      // Whether it is stuck must be looked at again.
      if (this.#network.state === 'running') scheduler.release();
    };
    if (scheduler.turning) defer(acting);
    else acting();
  }
}
