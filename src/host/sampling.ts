import type { Sample } from '#model/session.ts';
import type { ChannelSample } from '#runtime/channel.ts';

/** Longest text of a message that is shown; longer ones are cut. */
const longestShownBytes = 16 * 1024;

/** A message as people see it: what is not JSON is told in words, what is too long is cut. */
export function sampleOf({ number, atMs, value }: ChannelSample): Sample {
  const text = textOf(value);
  const cut = text.length > longestShownBytes;
  const shown = cut ? `${text.slice(0, longestShownBytes)}…` : (JSON.parse(text) as unknown);
  return { number, at: new Date(atMs).toISOString(), value: shown, sizeBytes: new TextEncoder().encode(text).length, cut };
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? JSON.stringify(String(value));
  } catch {
    return JSON.stringify(`not JSON: ${Object.prototype.toString.call(value)}`);
  }
}
