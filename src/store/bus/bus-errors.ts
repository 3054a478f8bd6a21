import { defineError } from '#base/errors.ts';

/** What is reported of the way to other servers; nobody is refused anything because of it. */
export const busAway = defineError(
  'STORE_BUS_AWAY',
  'world',
  'The bus to other servers cannot be reached. What they change is seen a few seconds later until it is back.',
);
