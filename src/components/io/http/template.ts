import { defineError } from '#base/errors.ts';
import { fieldAt } from '#kit/field.ts';

export const slotEmpty = defineError('IO_HTTP_SLOT', 'input', 'The request names a field that the message does not have.');

const slot = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Whether a text has a `{{field}}` to fill in. */
export function hasSlot(text: string): boolean {
  return text.search(slot) >= 0;
}

/**
 * Fills each `{{field}}` with that field of the message; `{{}}` is the message itself. Texts as they are, the rest as JSON.
 *
 * @throws IO_HTTP_SLOT when a field is not there: a request with a hole in it asks for something else.
 */
export function filled(template: string, message: unknown, encode: (text: string) => string = (text) => text): string {
  return template.replace(slot, (_, field: string) => {
    const value = fieldAt(message, field);
    if (value === undefined || value === null) {
      throw slotEmpty({ detail: `the request needs the field ${field || '(message)'}, which is not there`, facts: { field } });
    }
    return encode(typeof value === 'string' ? value : JSON.stringify(value));
  });
}
