import { defineError, messageOf } from '#base/errors.ts';

export const jsonInvalid = defineError('KIT_JSON_INVALID', 'input', 'The text is not JSON that can be a message.');

/** Levels a message read from outside may nest: whoever walks, copies or writes it must not run out of stack. */
export const deepestMessage = 500;

/**
 * Reads one JSON value that comes from outside.
 *
 * @throws KIT_JSON_INVALID with the reason; also for what nests deeper than 500 levels.
 */
export function readJson(text: string): unknown {
  if (nestsTooDeep(text)) {
    throw jsonInvalid({ detail: `it nests deeper than ${deepestMessage} levels` });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw jsonInvalid({ detail: messageOf(cause), cause });
  }
}

function nestsTooDeep(text: string): boolean {
  if (text.length <= deepestMessage) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) {
      at = endOfText(text, at);
    } else if (char === openList || char === openObject) {
      depth++;
      if (depth > deepestMessage) return true;
    } else if (char === closeList || char === closeObject) {
      depth--;
    }
  }
  return false;
}

const [quote, backslash, openList, closeList, openObject, closeObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

// The place of the closing quote, or the end of a text that has none.
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
