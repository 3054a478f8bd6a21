import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { feedFrom, forgetFrom } from '#host/sessions/attachments.ts';
import { type Wiring, wire } from '#host/sessions/wire.ts';
import type { Files, Tools } from '#kit/tools.ts';
import type { End } from '#model/design.ts';
import type { Network } from '#runtime/network.ts';
import type { Steered } from '#runtime/replay/schedule.ts';

const outsideRefused = defineError(
  'HOST_OUTSIDE_CLOSED',
  'input',
  'A search does not touch the outside: no HTTP, files or secrets. Feed the design with --input instead.',
);

/** A design that is run where nothing outside is touched. */
export interface ClosedOrder {
  readonly catalog: Catalog;
  readonly design: Wiring['design'];
  /** Of the random numbers. */
  readonly seed: string;
  readonly inputs: readonly (End & { readonly messages: readonly unknown[] })[];
  /** Taken and forgotten. */
  readonly outputs: readonly End[];
}

/** Its network, afresh; every choice is made by `world`. Throws what `wire` throws. */
export function closedNetwork({ catalog, design, seed, inputs, outputs }: ClosedOrder, world: Steered): Network {
  const attachments = [...inputs.map(({ messages, ...end }) => feedFrom(end, messages)), ...outputs.map(forgetFrom)];
  return wire({ design, catalog, attachments, ...world, tools: (node) => closedTools(world.clock, seed, node) });
}

/** Tools of a process that may compute and wait, and no more. */
function closedTools(clock: Clock, seed: string, node: string): Tools {
  const refuse = (): never => {
    throw outsideRefused();
  };
  const files: Files = { read: refuse, write: refuse, list: refuse, watch: refuse };
  const shared = { clock, http: refuse, files, secret: refuse, log: () => {} };
  const metrics = { count: () => {}, gauge: () => {} };
  return { ...toolsOf(shared, seed, node, new AbortController().signal), metrics };
}
