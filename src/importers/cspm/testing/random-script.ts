import fc from 'fast-check';

/**
 * Random scripts: two to four small recursive processes and a SYSTEM put together of them by every operator that leaves can stand below, hidden and
 * renamed. Not much deadlocks never, not much always.
 */
export const randomScript: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.infiniteStream(fc.nat(1_000_000)))
  .map(([processes, stream]) => new Writer(processes, (bound) => Number(stream.next().value) % bound).script());

const events = ['a', 'b', 'c', 'd.0', 'd.1'] as const;

class Writer {
  readonly #processes: number;
  readonly #below: (bound: number) => number;

  constructor(processes: number, below: (bound: number) => number) {
    this.#processes = processes;
    this.#below = below;
  }

  script(): string {
    const equations = Array.from({ length: this.#processes }, (_, number) => `P${number} = ${this.#choice(3)}\n`).join('');
    return `channel a, b, c\nchannel d : {0..1}\n${equations}SYSTEM = ${this.#system(3)}\n`;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  // Guarded: a name stands only after an event.
  #choice(depth: number): string {
    const branch = (): string => this.#guarded(depth - 1);
    switch (this.#below(10)) {
      case 0:
        return `(${branch()} |~| ${branch()})`;
      case 1:
        return `(${branch()} [> ${branch()})`;
      case 2:
        return `(${branch()} /\\ ${branch()})`;
      case 3:
        return `(${branch()} [| ${this.#set()} |> ${branch()})`;
      case 4:
        return `((${this.#pick(events)} -> SKIP ||| ${this.#pick(events)} -> SKIP) ; ${branch()})`;
      case 5:
        return `((${this.#pick(events)} -> SKIP [] SKIP) ; ${branch()})`;
      case 6:
        return `(d?x -> d!(1 - x) -> ${this.#next(depth)} [] ${branch()})`;
      case 7:
        return branch();
      default:
        return `(${branch()} [] ${branch()})`;
    }
  }

  #guarded(depth: number): string {
    return `${this.#pick(events)} -> ${this.#next(depth)}`;
  }

  #next(depth: number): string {
    if (depth > 0 && this.#below(3) === 0) return this.#choice(depth - 1);
    return this.#pick([...this.#names(), ...this.#names(), 'SKIP', 'STOP']);
  }

  #names(): string[] {
    return Array.from({ length: this.#processes }, (_, number) => `P${number}`);
  }

  #set(): string {
    const chosen = events.filter(() => this.#below(2) === 0);
    return `{${chosen.join(', ')}}`;
  }

  #system(depth: number): string {
    if (depth === 0) return this.#pick(this.#names());
    const part = (): string => this.#system(depth - 1);
    switch (this.#below(9)) {
      case 0:
        return `(${part()} ||| ${part()})`;
      case 1:
      case 2:
      case 3:
        return `(${part()} [| ${this.#set()} |] ${part()})`;
      case 4:
        return `(${part()} [ {a, c, d.0} || {| b, c, d |} ] ${part()})`;
      case 5:
        return `(${part()} \\ ${this.#set()})`;
      case 6:
        return `${part()} [[ a <- b, a <- c, d.0 <- d.1 ]]`;
      case 7:
        return `(|| i:{0..1} @ [{a, b, d.i}] ${part()})`;
      default:
        return part();
    }
  }
}
