import type { Place } from '#contract/term.ts';
import { ScriptFault } from './fault.ts';
import { match } from './match.ts';
import type { Meaning } from './meaning.ts';
import type { Each, Expr, Field, Joint, Pattern } from './tree.ts';
import type { EventSet, Later, Process } from './value.ts';
import { dotted, type Env, type Value } from './value.ts';

/** A process after one event of a prefix. */
export interface Branch {
  readonly event: string;
  readonly to: Process;
}

/** V102  Makes processes of the expressions that are process operators. */
export class ProcessReader {
  readonly #evaluator: Meaning;
  #none: EventSet | undefined;

  constructor(evaluator: Meaning) {
    this.#evaluator = evaluator;
  }

  read(expr: Expr, env: Env): Process {
    const evaluator = this.#evaluator;
    const { processes } = evaluator;
    const process = (part: Expr): Process => evaluator.process(part, env);
    switch (expr.is) {
      case 'prefix':
        return processes.prefix(expr, evaluator.envKey(expr, env), env);
      case 'guard': {
        const { value } = evaluator.as('truth', evaluator.value(expr.condition, env), expr.condition.place);
        return value ? process(expr.process) : processes.stop;
      }
      case 'join':
        return this.#join(expr, env);
      case 'parallel':
        return processes.par(this.#events(expr.sync, env), process(expr.left), process(expr.right));
      case 'alphabetised':
        return processes.together(
          expr.sides.map((side) => ({ alphabet: this.#events(side.alphabet, env), process: process(side.process) })),
        );
      case 'exception':
        return processes.exception(process(expr.left), this.#events(expr.events, env), this.#later(expr.right, env));
      case 'hide':
        return processes.hide(process(expr.of), this.#events(expr.events, env));
      case 'rename':
        return processes.rename(process(expr.of), this.#renaming(expr, env));
      case 'each':
        return this.#each(expr, env);
      default:
        throw new ScriptFault('this is no process', expr.place);
    }
  }

  /** What a prefix can do first, and what it is then. */
  branches({ expr, env }: Extract<Process, { is: 'prefix' }>): readonly Branch[] {
    const evaluator = this.#evaluator;
    const { channel, fields, next } = expr;
    const { place } = channel;
    let ways = [{ event: evaluator.value(channel, env), env }];
    for (const [at, field] of fields.entries()) {
      const isLast = at === fields.length - 1;
      ways = ways.flatMap((way) =>
        field.is === 'out'
          ? [{ event: dotted([way.event, evaluator.value(field.value, way.env)]), env: way.env }]
          : this.#input(way, field, isLast),
      );
      evaluator.allowance.spend(ways.length);
    }
    return ways.map((way) => {
      const open = evaluator.channels.open(way.event, place).length;
      if (open > 0) throw new ScriptFault(`${way.event.key} is no event yet: its channel carries ${open} more`, place);
      return { event: way.event.key, to: evaluator.process(next, way.env) };
    });
  }

  #input(
    { event, env }: { readonly event: Value; readonly env: Env },
    { pattern, set, place }: Extract<Field, { is: 'in' }>,
    isLast: boolean,
  ): { event: Value; env: Env }[] {
    const evaluator = this.#evaluator;
    const open = evaluator.channels.open(event, place);
    if (open.length === 0) throw new ScriptFault(`${event.key} carries nothing more that could be received`, place);
    const taken = isLast ? open.length : Math.min(open.length, this.#slotsOf(pattern));
    const offered =
      set === undefined
        ? open.slice(0, taken).reduce<readonly Value[]>(
            (values, slot) => {
              evaluator.allowance.spend(values.length * slot.length);
              return values.flatMap((value) => slot.map((more) => (value === nothing ? more : dotted([value, more]))));
            },
            [nothing],
          )
        : evaluator.as('set', evaluator.value(set, env), set.place).items;
    return offered.flatMap((value) => {
      const bound = match(pattern, value, env, evaluator.isConstant);
      return bound === 'no' ? [] : [{ event: dotted([event, value]), env: bound }];
    });
  }

  // `Some.n` is one value, `x.y` are two.
  #slotsOf(pattern: Pattern): number {
    if (pattern.is !== 'dot') return 1;
    const [head] = pattern.parts;
    return head?.is === 'name' && this.#evaluator.isConstant(head.name) ? 1 : pattern.parts.length;
  }

  #join({ id, op, of }: { readonly id: number; readonly op: Joint; readonly of: readonly Expr[] }, env: Env): Process {
    const { processes } = this.#evaluator;
    const all = (): Process[] => of.map((part) => this.#evaluator.process(part, env));
    const [left, right] = of as [Expr, Expr];
    switch (op) {
      case '[]':
        return processes.choice(all());
      case '|~|':
        return processes.decide(all());
      case '|||':
        return processes.parAll(this.#nothing(), all());
      case '/\\':
        return processes.interrupt(this.#evaluator.process(left, env), this.#evaluator.process(right, env));
      case '[>':
        return processes.slide(this.#evaluator.process(left, env), this.#evaluator.process(right, env));
      case ';':
        return this.#inTurn(
          `${id} ${of.map((part) => this.#evaluator.envKey(part, env)).join('\u0002')}`,
          of.map((part) => () => this.#evaluator.process(part, env)),
        );
    }
  }

  #each({ id, op, statements, events, body, place }: Each & { id: number; place: Place }, env: Env): Process {
    const evaluator = this.#evaluator;
    const { processes } = evaluator;
    const ways = evaluator.ways(statements, env);
    const all = (): Process[] => ways.map((way) => evaluator.process(body, way));
    switch (op) {
      case '[]':
        return processes.choice(all());
      case '|~|':
        if (ways.length === 0) throw new ScriptFault('|~| over an empty set has nothing to decide for', place);
        return processes.decide(all());
      case '|||':
        return processes.parAll(this.#nothing(), all());
      case '[|':
        return processes.parAll(this.#events(events as Expr, env), all());
      case '||':
        return processes.together(
          ways.map((way) => ({ alphabet: this.#events(events as Expr, way), process: evaluator.process(body, way) })),
        );
      case ';':
        return this.#inTurn(
          `${id} ${ways.map((way) => evaluator.envKey(body, way)).join('\u0002')}`,
          ways.map((way) => () => evaluator.process(body, way)),
        );
    }
  }

  // The first at once, each other one when those before have ended.
  #inTurn(key: string, steps: readonly (() => Process)[]): Process {
    const { processes } = this.#evaluator;
    const from = (at: number): Process => {
      const first = steps[at]?.() ?? processes.skip;
      return at >= steps.length - 1 ? first : processes.seq(first, { key: `${at + 1} ${key}`, force: () => from(at + 1) });
    };
    return from(0);
  }

  #later(expr: Expr, env: Env): Later {
    return { key: `${expr.id} ${this.#evaluator.envKey(expr, env)}`, force: () => this.#evaluator.process(expr, env) };
  }

  #events(expr: Expr, env: Env): EventSet {
    return this.#evaluator.eventSet(this.#evaluator.value(expr, env), expr.place);
  }

  #nothing(): EventSet {
    this.#none ??= this.#evaluator.processes.events([]);
    return this.#none;
  }

  #renaming({ pairs, statements }: Extract<Expr, { is: 'rename' }>, env: Env): Map<string, string[]> {
    const evaluator = this.#evaluator;
    const map = new Map<string, string[]>();
    for (const way of evaluator.ways(statements, env)) {
      for (const [from, to] of pairs) {
        const [old, renamed] = [evaluator.value(from, way), evaluator.value(to, way)];
        for (const more of evaluator.channels.extensions(old, from.place)) {
          const event = dotted([renamed, ...more]);
          if (!evaluator.channels.isEvent(event)) throw new ScriptFault(`${event.key} is no event (alphabet mismatch)`, to.place);
          evaluator.allowance.spend();
          const { key } = dotted([old, ...more]);
          map.set(key, [...(map.get(key) ?? []), event.key]);
        }
      }
    }
    return map;
  }
}

/** Stands before the first value that is received. */
const nothing: Value = { is: 'word', key: '' };
