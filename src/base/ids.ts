import { v7 } from 'uuid';

/** Makes the next id; handed in, so that a test can count instead. */
export type NewId = () => string;

/** A UUID of version 7 (RFC 9562): ids made later sort later, which keeps index pages together. */
export const newUuid: NewId = () => v7();
