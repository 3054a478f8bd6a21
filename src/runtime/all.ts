import type { Operation } from './port.ts';
import type { Account } from './processes/account.ts';
import {
  bodyOf,
  breath,
  cpu,
  type Gate,
  type Owner,
  type Ranking,
  runningStrand,
  Strand,
  Wait,
  type Waiting,
} from './processes/strand.ts';

type Results<O extends readonly Operation<unknown>[]> = { -readonly [K in keyof O]: O[K] extends Operation<infer T> ? T : never };

/** Tells the join which of its operations ended. */
class Place implements Owner {
  readonly #join: Join;
  readonly #index: number;

  constructor(join: Join, index: number) {
    this.#join = join;
    this.#index = index;
  }

  get id(): string {
    return this.#join.owner.id;
  }

  get account(): Account {
    return this.#join.owner.account;
  }

  get ranking(): Ranking {
    return this.#join.owner.ranking;
  }

  returned(_strand: Strand, result: unknown): void {
    this.#join.returned(this.#index, result);
  }

  threw(_strand: Strand, thrown: unknown): void {
    this.#join.threw(thrown);
  }
}

/** The strands of one `all`, and what became of them. */
class Join extends Wait {
  readonly suspends = 'all';
  readonly results: unknown[];
  readonly #parent: Strand;
  readonly #children: Strand[];
  #left: number;
  #begun = 0;
  #parked = false;
  #failure: { readonly thrown: unknown } | undefined;

  constructor(parent: Strand, operations: readonly Operation<unknown>[]) {
    super();
    this.#parent = parent;
    this.#left = operations.length;
    this.results = new Array(operations.length).fill(undefined);
    this.#children = operations.map((operation, i) => new Strand(parent.runner, new Place(this, i), bodyOf(operation)));
  }

  get owner(): Owner {
    return this.#parent.owner;
  }

  /** Runs the next operation to its first wait; false when each has been. */
  begin(): boolean {
    const child = this.#failure === undefined ? this.#children[this.#begun++] : undefined;
    if (child !== undefined) this.#parent.runner.resume(child);
    return child !== undefined;
  }

  /** All have begun. True when something is left to wait for. */
  park(): boolean {
    this.#parked = true;
    return this.#left > 0 && this.#failure === undefined;
  }

  override get midway(): boolean {
    return !this.#parked;
  }

  override withdraw(gate?: Gate): boolean {
    for (const child of this.#children.slice(0, this.#begun)) gate?.take(child);
    return false;
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  returned(index: number, result: unknown): void {
    this.results[index] = result;
    this.#left--;
    if (this.#left === 0 && this.#failure === undefined && this.#parked) this.#parent.wake(undefined);
  }

  threw(thrown: unknown): void {
    this.#left--;
    if (this.#failure !== undefined) return;
    this.#failure = { thrown };
    this.cancel();
    if (this.#parked && !this.#parent.halting) this.#parent.wake(undefined);
  }

  cancel(): void {
    this.#failure ??= { thrown: undefined };
    for (const child of this.#children) this.#parent.runner.halt(child);
  }

  override get runnable(): boolean {
    return this.#children.some((child) => child.runnable);
  }

  describe(into: Waiting): void {
    for (const child of this.#children) if (!child.done) child.wait?.describe(into);
  }
}

/**
 * Runs operations of one process side by side and waits for all of them, such as the sends of a broadcast.
 *
 * Gives the results in the order of the operations. The first that throws ends the others, and is thrown here.
 */
export function* all<const O extends readonly Operation<unknown>[]>(operations: O): Operation<Results<O>> {
  if (--cpu.fuel < 0) yield breath;
  const strand = runningStrand();
  const join = new Join(strand, operations);
  let begun = false;
  try {
    // What a hold stops in one operation must not let the next go first.
    while (join.begin()) while (strand.runner.held) yield join;
    begun = true;
  } finally {
    if (!begun) join.cancel();
  }
  if (join.park()) yield join;
  join.throwFailure();
  return join.results as Results<O>;
}
