import type { Allowance } from './allowance.ts';
import { OutOfBudget } from './fault.ts';
import type { AlphabetPart, Env, EventSet, Later, PrefixExpr, Process, ProcessShape } from './value.ts';

const greatestProcesses = 500_000;

/** Makes the processes of one script. */
export class Processes {
  readonly #byKey = new Map<string, Process>();
  readonly #names = new Map<Process, string>();
  readonly #sets = new Map<string, EventSet>();
  readonly #numbers = new Map<string, string>();
  readonly #allowance: Allowance;
  readonly stop: Process;
  readonly skip: Process;
  readonly diverge: Process;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
    this.stop = this.#make('stop', { is: 'stop' });
    this.skip = this.#make('skip', { is: 'skip' });
    this.diverge = this.#make('diverge', { is: 'diverge' });
  }

  prefix(expr: PrefixExpr, envKey: string, env: Env): Process {
    return this.#make(`> ${expr.id} ${envKey}`, { is: 'prefix', expr, env });
  }

  run(events: EventSet): Process {
    return events.events.size === 0 ? this.stop : this.#make(`run ${events.key}`, { is: 'run', events });
  }

  chaos(events: EventSet): Process {
    return events.events.size === 0 ? this.stop : this.#make(`chaos ${events.key}`, { is: 'chaos', events });
  }

  choice(of: readonly Process[]): Process {
    const options = [...new Set(of)].filter((option) => option !== this.stop);
    const [only = this.stop] = options;
    return options.length <= 1 ? only : this.#make(`choice ${ids(options)}`, { is: 'choice', of: options });
  }

  decide(of: readonly Process[]): Process {
    const options = [...new Set(of)];
    const [only = this.stop] = options;
    return options.length <= 1 ? only : this.#make(`decide ${ids(options)}`, { is: 'decide', of: options });
  }

  seq(first: Process, rest: Later): Process {
    if (first === this.skip) return rest.force();
    return first === this.stop ? first : this.#make(`seq ${first.id} ${rest.key}`, { is: 'seq', first, rest });
  }

  par(sync: EventSet, left: Process, right: Process): Process {
    const free = sync.events.size === 0;
    if (left === this.skip && (free || right === this.skip)) return right;
    if (right === this.skip && free) return left;
    return this.#make(`par ${left.id} ${right.id} ${sync.key}`, { is: 'par', sync, left, right });
  }

  /** Many at once, halved again and again so that nothing gets deep. */
  parAll(sync: EventSet, of: readonly Process[]): Process {
    if (of.length <= 1) return of[0] ?? this.skip;
    const middle = of.length >> 1;
    return this.par(sync, this.parAll(sync, of.slice(0, middle)), this.parAll(sync, of.slice(middle)));
  }

  together(parts: readonly AlphabetPart[]): Process {
    if (parts.every(({ process }) => process === this.skip)) return this.skip;
    const key = parts.map(({ process, alphabet }) => `${process.id} ${alphabet.key}`).join(' ');
    return this.#make(`together ${key}`, { is: 'together', parts });
  }

  hide(of: Process, events: EventSet): Process {
    if (of === this.stop || of === this.skip || events.events.size === 0) return of;
    if (of.is === 'hide') return this.hide(of.of, this.events([...of.events.events, ...events.events]));
    return this.#make(`hide ${of.id} ${events.key}`, { is: 'hide', of, events });
  }

  rename(of: Process, map: ReadonlyMap<string, readonly string[]>): Process {
    if (of === this.stop || of === this.skip) return of;
    if (of.is === 'rename') return this.rename(of.of, joined(of.map.map, map));
    const entries = [...map].map(([from, to]) => [from, [...new Set(to)].sort()] as const);
    const changing = entries.filter(([from, to]) => to.length !== 1 || to[0] !== from);
    if (changing.length === 0) return of;
    const key = changing
      .map(([from, to]) => `${from}>${to.join('|')}`)
      .sort()
      .join(',');
    return this.#make(`rename ${of.id} ${this.#short(key)}`, { is: 'rename', of, map: { key, map: new Map(changing) } });
  }

  interrupt(left: Process, right: Process): Process {
    return this.#make(`interrupt ${left.id} ${right.id}`, { is: 'interrupt', left, right });
  }

  slide(left: Process, right: Process): Process {
    if (left === this.stop) return right;
    return this.#make(`slide ${left.id} ${right.id}`, { is: 'slide', left, right });
  }

  exception(left: Process, events: EventSet, right: Later): Process {
    if (left === this.stop || left === this.skip) return left;
    return this.#make(`exception ${left.id} ${events.key} ${right.key}`, { is: 'exception', left, events, right });
  }

  events(names: Iterable<string>): EventSet {
    const events = new Set(names);
    const key = this.#short([...events].sort().join(','));
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    this.#allowance.keep(100 + 50 * events.size);
    const made = { key, events };
    this.#sets.set(key, made);
    return made;
  }

  /** Remembers how a process is called in the script; the first name stays. */
  name(process: Process, name: string): void {
    if (!this.#names.has(process)) this.#names.set(process, name);
  }

  nameOf(process: Process): string | undefined {
    return this.#names.get(process);
  }

  // Long texts stand in the keys of many processes: each gets a number.
  #short(key: string): string {
    if (key.length < 24) return `"${key}"`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#allowance.keep(100 + 2 * key.length);
    const number = `#${this.#numbers.size}`;
    this.#numbers.set(key, number);
    return number;
  }

  #make(key: string, shape: ProcessShape): Process {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= greatestProcesses) throw new OutOfBudget('there are too many states');
    this.#allowance.keep(bytesOf(key, shape));
    const made = { id: this.#byKey.size, ...shape };
    this.#byKey.set(key, made);
    return made;
  }
}

/** First one renaming, then the other. */
function joined(
  first: ReadonlyMap<string, readonly string[]>,
  then: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const map = new Map<string, readonly string[]>(then);
  for (const [from, to] of first)
    map.set(
      from,
      to.flatMap((event) => then.get(event) ?? [event]),
    );
  return map;
}

// An entry of a map, its key, and the lists of the process.
function bytesOf(key: string, shape: ProcessShape): number {
  const several =
    shape.is === 'together' ? 60 * shape.parts.length : shape.is === 'choice' || shape.is === 'decide' ? 8 * shape.of.length : 0;
  return 250 + 2 * key.length + several;
}

function ids(of: readonly Process[]): string {
  return of.map(({ id }) => id).join(' ');
}
