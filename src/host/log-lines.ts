import type { Log } from '#kit/tools.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Writes what processes log as JSON, one entry a line, from `least` upwards. */
export function logLines(
  write: (line: string) => void,
  least: (typeof levels)[number],
  now: () => number,
): (session: string, node: string, ...entry: Parameters<Log>) => void {
  return (session, node, level, message, facts = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, session, node, message, ...facts })}\n`);
  };
}
