/** Designs of benchmarks, read as the product reads them, and the host that runs them. */
import { systemClock } from '#base/clock.ts';
import type { Catalog } from '#host/catalog.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { createSessionHost, type SessionHost } from '#host/sessions/session-host.ts';
import type { LocalOrder } from '#host/sessions/session-order.ts';
import type { DesignBody } from '#model/design.ts';
import { designFormat, readDesignFile } from '#model/design-text.ts';

export function hostOf(catalog: Catalog): SessionHost<LocalOrder> {
  const shared = { clock: systemClock, http: fetch, files: localFiles('.'), secret: async () => undefined, log: () => {} };
  return createSessionHost({ catalog, clock: systemClock, mostSessions: 1, tools: (...where) => toolsOf(shared, ...where) });
}

/** A design as in a file of one, its settings filled in. */
export function designOf(catalog: Catalog, name: string, nodes: object, connections: object): DesignBody {
  const read = readDesignFile({ format: designFormat, name, nodes, connections }, catalog);
  if (!read.ok) throw new Error(read.fault.message);
  return read.design;
}

/** One session from its start to its end. @returns how many messages have left through the connection. */
export async function runToEnd(host: SessionHost<LocalOrder>, body: DesignBody, connection: string): Promise<number> {
  const running = await host.start({ sessionId: 'bench', designId: 'bench', rev: 1, body });
  const { state, fault } = await running.ended;
  const { channels } = await running.snapshot();
  if (state !== 'completed') throw new Error(`${state}: ${fault?.message}`);
  return channels.find((channel) => channel.connection === connection)?.received ?? 0;
}
