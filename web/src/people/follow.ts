import type { Desk } from '../shell/desk.ts';

/** Follows somebody's view, or by null nobody's. */
export function follow({ people }: Pick<Desk, 'people'>, peer: string | null): void {
  people.followed.set(peer);
}
