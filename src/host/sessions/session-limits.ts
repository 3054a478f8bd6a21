import type { Clock } from '#base/clock.ts';
import { type CodedError, defineError } from '#base/errors.ts';
import type { SessionLimits } from '#model/sessions/session.ts';
import type { Network } from '#runtime/network.ts';

const overTime = defineError(
  'HOST_SESSION_WALL_TIME',
  'input',
  'The session lived as long as it may. Give it more time, or less to do.',
);
const overFull = defineError(
  'HOST_SESSION_IN_FLIGHT',
  'input',
  'The connections of the session held more messages than they may together. Lower their capacities, or raise the limit.',
);

/** How often messages in flight are counted. */
const lookMs = 100;

/** The limits of one session: what it asks for, and at most what the server allows. */
export function lowerLimits(allowed: SessionLimits, asked: SessionLimits = {}): SessionLimits {
  const lower = { ...allowed };
  for (const [name, value] of Object.entries(asked) as [keyof SessionLimits, number][])
    lower[name] = Math.min(value, allowed[name] ?? value);
  return lower;
}

/**
 * Holds a network to the limits that its own thread can see: its life, and the messages its connections hold.
 *
 * @param exceeded told once; with messages in flight, `facts.connection` held the most of them.
 * @returns what ends the watch.
 */
export function watchLimits(
  { wallMs, messagesInFlight }: SessionLimits,
  clock: Clock,
  network: Pick<Network, 'channels'>,
  exceeded: (error: CodedError) => void,
): () => void {
  const cancels = new Map<string, () => void>();
  const look = (most: number): void => {
    const channels = network.channels();
    const held = channels.reduce((sum, { depth }) => sum + depth, 0);
    if (held <= most)
      return void cancels.set(
        'look',
        clock.after(lookMs, () => look(most)),
      );
    const fullest = channels.reduce((a, b) => (b.depth > a.depth ? b : a));
    const detail = `The connections of the session held ${held} messages, ${fullest.depth} of them ${fullest.connection}; ${most} are allowed together.`;
    exceeded(overFull({ detail, facts: { held, most, connection: fullest.connection } }));
  };
  if (messagesInFlight !== undefined) look(messagesInFlight);
  if (wallMs !== undefined) {
    const end = (): void =>
      exceeded(overTime({ detail: `The session lived as long as it may: ${wallMs} ms.`, facts: { wallMs } }));
    cancels.set('wall', clock.after(wallMs, end));
  }
  return () => {
    for (const cancel of cancels.values()) cancel();
  };
}
