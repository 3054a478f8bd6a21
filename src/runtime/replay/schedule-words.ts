import type { ChannelPlan } from '#runtime/channels/channel.ts';
import { shortly } from '#runtime/channels/shortly.ts';
import type { Network } from '#runtime/network.ts';

/** What a step of a run is in words. The words are part of a recording: they follow from the run alone. */

/** What happened in one step. */
export interface Happened {
  readonly passed: readonly { readonly plan: ChannelPlan; readonly value: string }[];
  readonly ended: readonly string[];
  readonly faults: readonly string[];
}

/** Listens to a network. */
export interface Witness {
  /** What happened since the last time. */
  take(): Happened;
}

/** Begins to listen. */
export function witness(network: Network): Witness {
  let happened: { passed: Happened['passed'][number][]; ended: string[]; faults: string[] };
  const clear = (): void => {
    happened = { passed: [], ended: [], faults: [] };
  };
  clear();
  const listen = (connection: string): void => {
    for (const line of network.lines(connection))
      line.onSample(({ value }) => void happened.passed.push({ plan: line.plan, value: shortly(value) }));
  };
  for (const { connection } of network.channels()) listen(connection);
  network.onEvent((event) => {
    if (event.is === 'grew') event.channels.forEach(listen);
    if (event.is === 'process' && (event.state === 'completed' || event.state === 'error')) happened.ended.push(event.process);
    if (event.is === 'fault') happened.faults.push(`${event.fault.node ?? 'a process'} fails: ${event.fault.message}`);
  });
  return {
    take() {
      const taken = happened;
      clear();
      return taken;
    },
  };
}

/** One sentence without a full stop, such as `kant goes on; "take" passes kant-left from kant to fork-4`. */
export function inWords(
  kind: 'goes on' | 'timer' | 'answer',
  process: string | undefined,
  { passed, ended, faults }: Happened,
  network: Network,
): string {
  const who = process ?? 'a timer';
  const head = kind === 'answer' ? `${who} is answered from outside` : kind === 'timer' ? `${who} has waited long enough` : who;
  const parts = [
    ...passed.map(({ plan, value }) => `${value} passes ${plan.id} from ${plan.from.process} to ${plan.to.process}`),
    ...faults,
    ...ended.map((id) => `${id} has ended`),
  ];
  if (kind === 'goes on' && parts.length === 0) parts.push(...standing(who, network));
  return [kind === 'goes on' ? `${head} goes on` : head, ...parts].join('; ');
}

function standing(process: string, network: Network): string[] {
  const waitingFor = network.processes().find(({ node }) => node === process)?.waitingFor ?? [];
  return waitingFor.length === 0 ? [] : [`waits on ${waitingFor.join(' or ')}`];
}
