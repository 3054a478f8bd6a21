import { v7, validate } from 'uuid';

/** Makes the next id; handed in, so that a test can count instead. */
export type NewId = () => string;

/** A UUID of version 7 (RFC 9562): ids made later sort later, which keeps index pages together. */
export const newUuid: NewId = () => v7();

/** True for the text form of any UUID version. */
export function isUuid(text: string): boolean {
  return validate(text);
}

/** Ids that count: `prefix-1`, `prefix-2`, … */
export function countingIds(prefix: string): NewId {
  let last = 0;
  return () => `${prefix}-${++last}`;
}
