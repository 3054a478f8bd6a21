import type { Contract, Equation, EventTerm, Expr, Term } from './term.ts';

/**
 * K2  Closed processes: terms with all parameters known, equal ones held once, and the moves each can make.
 *     The rules are those of CSP's operational semantics; the end of a process is the move `tick`.
 */
export type Process = { readonly id: number } & Shape;

type Shape =
  | { readonly is: 'stop' | 'skip' }
  | { readonly is: 'prefix'; readonly label: string; readonly next: Term; readonly env: Env }
  | { readonly is: 'choice' | 'decide'; readonly of: readonly Process[] }
  | { readonly is: 'seq'; readonly first: Process; readonly rest: Process }
  | { readonly is: 'par'; readonly sync: ReadonlySet<string>; readonly left: Process; readonly right: Process }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly number[] };

type Env = ReadonlyMap<string, number>;

export interface Step {
  readonly label: string;
  readonly to: Process;
}

/** No port has these names. */
export const decides = 'τ';
export const tick = '✓';

/** Why a contract has no transition system, in a sentence. */
export class Impossible extends Error {}

/** A range wider than this is a mistake in a parameter. */
const greatestRange = 1_000;
const greatestIndexValue = 999;
const greatestUnfolding = 200;
const greatestWork = 2_000_000;

/** Makes the processes of one contract. Everything it throws is `Impossible`. */
export class Processes {
  readonly start: Process;
  readonly #equations: ReadonlyMap<string, Equation>;
  readonly #byKey = new Map<string, Process>();
  readonly #terms = new Map<Term, number>();
  readonly #free = new Map<Term, readonly string[]>();
  readonly #steps = new Map<Process, readonly Step[]>();
  readonly #unfolding = new Set<Process>();
  readonly #stop: Process;
  readonly #skip: Process;
  #work = 0;

  constructor({ equations }: Contract) {
    this.#equations = new Map(equations.map((equation) => [equation.name, equation]));
    this.#stop = this.#make('stop', { is: 'stop' });
    this.#skip = this.#make('skip', { is: 'skip' });
    const [first] = equations;
    if (first === undefined) throw new Impossible('a contract has at least one equation');
    if (first.parameters.length > 0) throw new Impossible(`${first.name} is where the process starts, so it has no parameters`);
    this.start = this.#make(first.name, { is: 'call', name: first.name, args: [] });
  }

  /** What a process can do next. */
  steps(process: Process): readonly Step[] {
    const known = this.#steps.get(process);
    if (known !== undefined) return known;
    if (this.#unfolding.has(process) || this.#unfolding.size > greatestUnfolding) throw new Impossible(unguarded(process));
    if (process.is === 'call') this.#unfolding.add(process);
    const steps = distinct(this.#stepsOf(process));
    this.#unfolding.delete(process);
    this.#steps.set(process, steps);
    return steps;
  }

  /** True for a process that can only end. */
  hasEnded(process: Process): boolean {
    return process === this.#skip;
  }

  #stepsOf(process: Process): Step[] {
    switch (process.is) {
      case 'stop':
        return [];
      case 'skip':
        return [{ label: tick, to: this.#skip }];
      case 'prefix':
        return [{ label: process.label, to: this.#close(process.next, process.env) }];
      case 'decide':
        return process.of.map((to) => ({ label: decides, to }));
      case 'choice':
        return process.of.flatMap((option, chosen) =>
          this.steps(option).map(({ label, to }) => ({
            label,
            to: label === decides ? this.#choice(process.of.with(chosen, to)) : to,
          })),
        );
      case 'seq':
        return this.steps(process.first).map(({ label, to }) =>
          label === tick ? { label: decides, to: process.rest } : { label, to: this.#seq(to, process.rest) },
        );
      case 'par':
        return this.#together(process);
      case 'call':
        return [...this.steps(this.#unfold(process.name, process.args))];
    }
  }

  // Both sides end before the whole does; an event of `sync` is made by both at once.
  #together({ sync, left, right }: Extract<Process, { is: 'par' }>): Step[] {
    const lefts = this.steps(left);
    const rights = this.steps(right);
    const alone = (from: Process, { label, to }: Step, join: (to: Process) => Process): Step[] => {
      if (label === tick) return from === this.#skip ? [] : [{ label: decides, to: join(to) }];
      return sync.has(label) ? [] : [{ label, to: join(to) }];
    };
    const steps = [
      ...lefts.flatMap((step) => alone(left, step, (to) => this.#par(sync, to, right))),
      ...rights.flatMap((step) => alone(right, step, (to) => this.#par(sync, left, to))),
    ];
    for (const { label, to } of lefts) {
      if (!sync.has(label)) continue;
      for (const other of rights) if (other.label === label) steps.push({ label, to: this.#par(sync, to, other.to) });
    }
    return steps;
  }

  #unfold(name: string, args: readonly number[]): Process {
    const equation = this.#equations.get(name);
    if (equation === undefined) throw new Impossible(`there is no equation for ${name}`);
    return this.#close(equation.body, new Map(equation.parameters.map((parameter, i) => [parameter, args[i] ?? 0])));
  }

  #close(term: Term, env: Env): Process {
    if (++this.#work > greatestWork) throw new Impossible('it is too large to work out: is a range or a parameter unbounded?');
    switch (term.is) {
      case 'stop':
        return this.#stop;
      case 'skip':
        return this.#skip;
      case 'prefix': {
        const label = labelOf(term.event, env);
        const needed = new Map(this.#freeOf(term.next).map((name) => [name, env.get(name) ?? 0]));
        const key = `> ${label} ${this.#idOf(term.next)} ${[...needed.values()].join(' ')}`;
        return this.#make(key, { is: 'prefix', label, next: term.next, env: needed });
      }
      case 'call': {
        const args = term.args.map((arg) => numberOf(arg, env));
        return this.#make([term.name, ...args].join(' '), { is: 'call', name: term.name, args });
      }
      case 'if':
        return this.#close(truthOf(term.condition, env) ? term.yes : term.no, env);
      case 'parallel': {
        const sync = new Set(term.sync.map((event) => labelOf(event, env)));
        return this.#par(sync, this.#close(term.left, env), this.#close(term.right, env));
      }
      case 'join':
        return this.#join(
          term.op,
          term.of.map((part) => this.#close(part, env)),
        );
      case 'each': {
        const [from, to] = [numberOf(term.from, env), numberOf(term.to, env)];
        if (to - from >= greatestRange) throw new Impossible(`the range {${from}..${to}} has more than ${greatestRange} values`);
        const values = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
        return this.#join(
          term.op,
          values.map((value) => this.#close(term.body, new Map(env).set(term.variable, value))),
        );
      }
    }
  }

  #join(op: Extract<Term, { is: 'join' }>['op'], of: readonly Process[]): Process {
    switch (op) {
      case '[]':
        return this.#choice(of);
      case '|~|': {
        if (of.length === 0) throw new Impossible('|~| over an empty range has nothing to decide for');
        const [only, ...more] = [...new Set(of)];
        if (only !== undefined && more.length === 0) return only;
        return this.#make(`decide ${of.map(({ id }) => id).join(' ')}`, { is: 'decide', of });
      }
      case ';':
        return of.reduceRight((rest, first) => this.#seq(first, rest), this.#skip);
      case '|||':
        return of.reduceRight((right, left) => this.#par(new Set(), left, right), this.#skip);
    }
  }

  #choice(of: readonly Process[]): Process {
    const options = [...new Set(of)].filter((option) => option !== this.#stop);
    const [only = this.#stop] = options;
    if (options.length <= 1) return only;
    return this.#make(`choice ${options.map(({ id }) => id).join(' ')}`, { is: 'choice', of: options });
  }

  // SKIP ; P = P and P ; SKIP = P are laws of CSP in every model.
  #seq(first: Process, rest: Process): Process {
    if (first === this.#skip) return rest;
    if (rest === this.#skip || first === this.#stop) return first;
    return this.#make(`seq ${first.id} ${rest.id}`, { is: 'seq', first, rest });
  }

  // SKIP ||| P = P is a law too; with events to share it is none.
  #par(sync: ReadonlySet<string>, left: Process, right: Process): Process {
    if (left === this.#skip && (sync.size === 0 || right === this.#skip)) return right;
    if (right === this.#skip && sync.size === 0) return left;
    return this.#make(`par ${left.id} ${right.id} ${[...sync].sort().join(' ')}`, { is: 'par', sync, left, right });
  }

  #make(key: string, shape: Shape): Process {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const made = { id: this.#byKey.size, ...shape };
    this.#byKey.set(key, made);
    return made;
  }

  #idOf(term: Term): number {
    const id = this.#terms.get(term) ?? this.#terms.size;
    this.#terms.set(term, id);
    return id;
  }

  #freeOf(term: Term): readonly string[] {
    const known = this.#free.get(term);
    if (known !== undefined) return known;
    const names = [...new Set(freeNames(term, (part) => this.#freeOf(part)))].sort();
    this.#free.set(term, names);
    return names;
  }
}

function distinct(steps: readonly Step[]): readonly Step[] {
  const seen = new Set<string>();
  return steps.filter(({ label, to }) => {
    const key = `${label} ${to.id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function unguarded(process: Process): string {
  const name = process.is === 'call' ? process.name : 'a process';
  return `${name} calls itself before it has communicated: put an event before the call`;
}

function freeNames(term: Term, freeOf: (part: Term) => readonly string[]): readonly string[] {
  const inEvent = ({ index }: EventTerm): string[] => (index === undefined ? [] : namesIn(index));
  switch (term.is) {
    case 'stop':
    case 'skip':
      return [];
    case 'prefix':
      return [...inEvent(term.event), ...freeOf(term.next)];
    case 'join':
      return term.of.flatMap(freeOf);
    case 'each':
      return [...namesIn(term.from), ...namesIn(term.to), ...freeOf(term.body).filter((name) => name !== term.variable)];
    case 'parallel':
      return [...term.sync.flatMap(inEvent), ...freeOf(term.left), ...freeOf(term.right)];
    case 'if':
      return [...namesIn(term.condition), ...freeOf(term.yes), ...freeOf(term.no)];
    case 'call':
      return term.args.flatMap(namesIn);
  }
}

function namesIn(expr: Expr): string[] {
  if (expr.is === 'number') return [];
  if (expr.is === 'name') return [expr.name];
  return expr.is === 'binary' ? [...namesIn(expr.left), ...namesIn(expr.right)] : namesIn(expr.of);
}

/** The name of an event as traces, monitors and transition systems write it: `out.2.end`. */
export function labelOf({ port, index, suffix }: EventTerm, env: Env): string {
  const parts = [port];
  if (index !== undefined) {
    const value = numberOf(index, env);
    if (value < 0 || value > greatestIndexValue)
      throw new Impossible(`the index of ${port}.${value} is not between 0 and ${greatestIndexValue}`);
    parts.push(String(value));
  }
  if (suffix !== undefined) parts.push(suffix);
  return parts.join('.');
}

function truthOf(expr: Expr, env: Env): boolean {
  if (expr.is === 'not') return !truthOf(expr.of, env);
  if (expr.is !== 'binary') throw new Impossible('a condition is expected where a number stands');
  const { op, left, right } = expr;
  if (op === 'and') return truthOf(left, env) && truthOf(right, env);
  if (op === 'or') return truthOf(left, env) || truthOf(right, env);
  const [a, b] = [numberOf(left, env), numberOf(right, env)];
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Impossible('a condition is expected where a number stands');
  }
}

/** Integers; division rounds down and the remainder has the sign of the divisor. */
function numberOf(expr: Expr, env: Env): number {
  const value = rawNumber(expr, env);
  if (!Number.isSafeInteger(value)) throw new Impossible('a number grows beyond 2^53: is a parameter unbounded?');
  return value + 0;
}

function rawNumber(expr: Expr, env: Env): number {
  if (expr.is === 'number') return expr.value;
  if (expr.is === 'name') return env.get(expr.name) ?? 0;
  if (expr.is === 'minus') return -numberOf(expr.of, env);
  if (expr.is !== 'binary') throw new Impossible('a number is expected where a condition stands');
  const [a, b] = [numberOf(expr.left, env), numberOf(expr.right, env)];
  if ((expr.op === '/' || expr.op === '%') && b === 0) throw new Impossible('a division by zero');
  switch (expr.op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    default:
      throw new Impossible('a number is expected where a condition stands');
  }
}
