import type { Sample } from '#model/sessions/session.ts';
import type { ChannelSample } from '#runtime/listeners.ts';

/** Longest text of a message that is shown; longer ones are cut. */
export const longestShownBytes = 16 * 1024;

/** A message as people see it: what is not JSON is told in words, what is too long is cut. */
export function sampleOf({ number, atMs, value }: ChannelSample): Sample {
  const text = textOf(value);
  const bytes = new TextEncoder().encode(text);
  const cut = bytes.length > longestShownBytes;
  const shown = cut ? `${beginningOf(bytes)}…` : (JSON.parse(text) as unknown);
  return { number, at: new Date(atMs).toISOString(), value: shown, sizeBytes: bytes.length, cut };
}

// As a stream, so that a character which the cut goes through is left out.
function beginningOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, longestShownBytes), { stream: true });
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? JSON.stringify(String(value));
  } catch {
    return JSON.stringify(`not JSON: ${kindOf(value)}`);
  }
}

function kindOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return 'something that cannot be looked at';
  }
}
