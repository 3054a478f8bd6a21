import type { Log } from '#kit/tools.ts';
import { faultText } from '#model/sessions/session.ts';

/** Longest line, in characters. */
const longestLine = 16_384;

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** From which entry on lines are written. */
export type LogLevel = (typeof levels)[number];

/** Writes what processes log as JSON, one entry a line, from `least` upwards; facts that are not JSON, or very long, are left out. */
export function logLines(
  write: (line: string) => void,
  least: LogLevel,
  now: () => number,
): (session: string, node: string, ...entry: Parameters<Log>) => void {
  return (session, node, level, message, facts = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    const entry = { at: new Date(now()).toISOString(), level, session, node, message: faultText(String(message)) };
    write(`${withFacts(entry, facts)}\n`);
  };
}

function withFacts(entry: Readonly<Record<string, unknown>>, facts: Readonly<Record<string, unknown>>): string {
  try {
    const text = JSON.stringify({ ...facts, ...entry });
    return text.length > longestLine ? JSON.stringify(entry) : text;
  } catch {
    return JSON.stringify(entry);
  }
}
