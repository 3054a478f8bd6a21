/**
 * The contract of a semaphore as one equation for each state of its users: idle (i), waiting (w), holding (h), ended (e).
 *
 * With a key, who holds the same key is not known: a user may have to wait as soon as all permits could be its key's. With a lease every
 * holder lets go sooner or later, so nobody waits for another for ever.
 */
export function semaphoreContract(users: number, permits: number, keyed: boolean, leased: boolean): string {
  if (users > mostUsers) throw new Error(`a semaphore takes at most ${mostUsers} users`);
  return leased ? leasedContract(users) : new States(users, permits, keyed).text();
}

const mostUsers = 6;

function leasedContract(users: number): string {
  return `SEMAPHORE = ||| i:{0..${users - 1}} @ IDLE(i)
    IDLE(i) = acquire.i.ask -> (acquire.i.reply -> HELD(i) [] acquire.i.quit -> acquire.i.reply -> IDLE(i)) [] acquire.i.end -> SKIP
    HELD(i) = acquire.i.ask -> (acquire.i.reply -> IDLE(i) [] acquire.i.quit -> acquire.i.reply -> IDLE(i)) [] acquire.i.end -> SKIP`;
}

class States {
  readonly #start: string;
  readonly #permits: number;
  readonly #keyed: boolean;
  readonly #found: Set<string>;

  constructor(users: number, permits: number, keyed: boolean) {
    this.#start = 'i'.repeat(users);
    this.#permits = permits;
    this.#keyed = keyed;
    this.#found = new Set([this.#start]);
  }

  text(): string {
    const lines: string[] = [];
    for (const state of this.#found) lines.push(`S${state} = ${this.#process(state)}`);
    return lines.join('\n');
  }

  #process(state: string): string {
    const users = [...state];
    if (users.every((user) => user === 'e')) return 'SKIP';
    const forced = this.#hasFree(state) && state.includes('w');
    const options = users.flatMap((user, i) => (forced ? this.#grant(state, i) : this.#may(state, user, i)));
    return options.join(' [] ');
  }

  #may(state: string, user: string, i: number): string[] {
    if (user === 'e') return [];
    if (user === 'w') return [`acquire.${i}.quit -> acquire.${i}.reply -> ${this.#to(state, i, 'i')}`];
    const end = `acquire.${i}.end -> ${this.#freed(state, i, 'e')}`;
    if (user === 'h')
      return [`acquire.${i}.ask -> (${this.#answer(i, this.#freed(state, i, 'i'), this.#freed(state, i, 'i'))})`, end];
    const granted = this.#answer(i, this.#to(state, i, 'h'), this.#to(state, i, 'i'));
    const waits = this.#to(state, i, 'w');
    const asked = this.#hasFree(state) ? `(${granted})` : this.#keyed ? `(${waits} |~| (${granted}))` : waits;
    return [`acquire.${i}.ask -> ${asked}`, end];
  }

  #grant(state: string, i: number): string[] {
    return state[i] === 'w' ? [this.#answer(i, this.#to(state, i, 'h'), this.#to(state, i, 'i'))] : [];
  }

  // A permit has become free: with a key, one who waits may be the one to have it.
  #freed(state: string, i: number, now: string): string {
    const next = [...state].with(i, now).join('');
    const to = this.#to(state, i, now);
    if (!this.#keyed || !next.includes('w') || this.#hasFree(next)) return to;
    return `(${[to, ...[...next].flatMap((_, j) => this.#grant(next, j))].join(' |~| ')})`;
  }

  #answer(i: number, heard: string, unheard: string): string {
    return `acquire.${i}.reply -> ${heard} [] acquire.${i}.quit -> acquire.${i}.reply -> ${unheard}`;
  }

  #hasFree(state: string): boolean {
    return [...state].filter((user) => user === 'h').length < this.#permits;
  }

  #to(state: string, i: number, now: string): string {
    const next = [...state].with(i, now).join('');
    this.#found.add(next);
    return `S${next}`;
  }
}
