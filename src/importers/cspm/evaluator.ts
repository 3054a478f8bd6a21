import type { Place } from '#contract/term.ts';
import type { Allowance } from './allowance.ts';
import { arithmetic, compared } from './arithmetic.ts';
import { builtIns, callBuiltIn } from './built-ins.ts';
import { Channels } from './channels.ts';
import { ScriptFault } from './fault.ts';
import { FreeNames } from './free-names.ts';
import { match, matchAll } from './match.ts';
import type { Meaning } from './meaning.ts';
import { Processes } from './process.ts';
import { type Branch, ProcessReader } from './process-reader.ts';
import type { Constructor, Definition, Expr, Listed, Script, Statement } from './tree.ts';
import type { EventSet, Process } from './value.ts';
import {
  atomsOf,
  dotted,
  type Env,
  find,
  type Kind,
  kindText,
  type Local,
  listValue,
  numberValue,
  setValue,
  truthValue,
  type Value,
  wordValue,
} from './value.ts';

const greatestDepth = 2_400;
const greatestSet = 200_000;
/** Results of functions and definitions that are remembered. */
const greatestKnown = 500_000;

/** V101  Works out what the expressions of a script are worth. Everything it throws is a ScriptFault or OutOfBudget. */
export class Evaluator implements Meaning {
  readonly processes: Processes;
  readonly channels = new Channels();
  readonly allowance: Allowance;
  readonly #constructors = new Channels();
  readonly #free = new FreeNames();
  readonly #reader = new ProcessReader(this);
  readonly #types = new Map<string, readonly Constructor[]>();
  readonly #definitions = new Map<string, Definition>();
  readonly #transparent: ReadonlySet<string>;
  readonly #known = new Map<string, Value>();
  readonly #open = new Set<string>();
  readonly #eventSets = new WeakMap<Value, EventSet>();
  #depth = 0;

  constructor({ channels, datatypes, definitions, transparent }: Script, allowance: Allowance) {
    this.allowance = allowance;
    this.processes = new Processes(allowance);
    this.#transparent = new Set(transparent);
    const taken = new Set<string>();
    const take = (name: string, place?: Place): void => {
      if (taken.has(name)) throw new ScriptFault(`${name} is declared already`, place);
      taken.add(name);
    };
    for (const { name, constructors } of datatypes) {
      take(name);
      this.#types.set(name, constructors);
      for (const one of constructors) take(one.name, one.place);
    }
    for (const { name, place } of channels) take(name, place);
    for (const definition of definitions) {
      take(definition.name, definition.place);
      this.#definitions.set(definition.name, definition);
    }
    // Known by name first: a type may speak of constants that come later.
    for (const one of datatypes.flatMap(({ constructors }) => constructors)) this.#constructors.declare(one.name, []);
    for (const { name } of channels) this.channels.declare(name, []);
    for (const one of datatypes.flatMap(({ constructors }) => constructors))
      if (one.type !== undefined) this.#constructors.declare(one.name, this.#slots(one.type));
    for (const { name, type } of channels) if (type !== undefined) this.channels.declare(name, this.#slots(type));
  }

  isConstant = (name: string): boolean => this.#constructors.has(name) || this.channels.has(name);

  value(expr: Expr, env: Env): Value {
    this.allowance.spend();
    if (++this.#depth > greatestDepth) throw new ScriptFault('it calls itself too deep without an event between', expr.place);
    try {
      return this.#value(expr, env);
    } finally {
      this.#depth--;
    }
  }

  process(expr: Expr, env: Env): Process {
    return this.as('process', this.value(expr, env), expr.place).process;
  }

  as<K extends Kind>(kind: K, value: Value, place: Place): Extract<Value, { is: K }> {
    if (value.is === kind) return value as Extract<Value, { is: K }>;
    throw new ScriptFault(`expected ${kindText({ is: kind } as Value)}, found ${kindText(value)}`, place);
  }

  /** The events of a set, each complete. */
  eventSet(value: Value, place: Place): EventSet {
    const set = this.as('set', value, place);
    const known = this.#eventSets.get(set);
    if (known !== undefined) return known;
    this.allowance.spend(set.items.length);
    for (const item of set.items) {
      if (this.channels.isEvent(item)) continue;
      const { length } = this.channels.open(item, place);
      throw new ScriptFault(`${item.key} is no event yet, its channel carries ${length} more: write {| ${item.key} |}`, place);
    }
    const events = this.processes.events(set.keys);
    this.#eventSets.set(set, events);
    return events;
  }

  branches(process: Extract<Process, { is: 'prefix' }>): readonly Branch[] {
    return this.#reader.branches(process);
  }

  /** What the bound names that an expression uses stand for: with the expression, all that its meaning depends on. */
  envKey(expr: Expr, env: Env): string {
    if (env === undefined) return '';
    return this.#free
      .of(expr)
      .map((name) => find(env, name)?.bound.key ?? '')
      .join('\u0001');
  }

  /** Every way to bind the names of the statements. */
  ways(statements: readonly Statement[], env: Env): readonly Env[] {
    let ways: readonly Env[] = [env];
    for (const statement of statements)
      ways = statement.is === 'only' ? this.#meeting(statement, ways) : this.#drawn(statement, ways);
    return ways;
  }

  #meeting({ condition }: Extract<Statement, { is: 'only' }>, ways: readonly Env[]): readonly Env[] {
    return ways.filter((way) => this.as('truth', this.value(condition, way), condition.place).value);
  }

  #drawn({ pattern, set }: Extract<Statement, { is: 'from' }>, ways: readonly Env[]): readonly Env[] {
    const next: Env[] = [];
    for (const way of ways)
      for (const element of this.#elements(this.value(set, way), set.place)) {
        this.allowance.spend();
        const bound = match(pattern, element, way, this.isConstant);
        if (bound !== 'no') next.push(bound);
        if (next.length > greatestSet) throw new ScriptFault(`this goes through more than ${greatestSet} values`, set.place);
      }
    return next;
  }

  call(target: Value, args: readonly Value[], place: Place): Value {
    if (target.is === 'built-in') return callBuiltIn(this, target.name, args, place);
    if (target.is !== 'function') throw new ScriptFault(`${kindText(target)} is no function`, place);
    const { definition, env, key } = target;
    const wanted = definition.clauses[0]?.parameters.length ?? 0;
    if (wanted !== args.length)
      throw new ScriptFault(`${definition.name} has ${wanted} parameters, here are ${args.length}`, place);
    return this.#once(`${key}(${args.map((arg) => arg.key).join(',')})`, definition, place, () => {
      for (const { parameters, body } of definition.clauses) {
        const bound = matchAll(parameters, args, env, this.isConstant);
        if (bound !== 'no') return this.value(body, bound);
      }
      throw new ScriptFault(`no equation of ${definition.name} is for (${args.map((arg) => arg.key).join(', ')})`, place);
    });
  }

  #elements(value: Value, place: Place): readonly Value[] {
    if (value.is === 'set' || value.is === 'sequence') return value.items;
    throw new ScriptFault(`expected a set or a sequence, found ${kindText(value)}`, place);
  }

  #slots(type: Expr): readonly Extract<Value, { is: 'set' }>[] {
    return atomsOf(this.value(type, undefined)).map((set) => this.as('set', set, type.place));
  }

  #value(expr: Expr, env: Env): Value {
    switch (expr.is) {
      case 'number':
        return numberValue(expr.value);
      case 'truth':
        return truthValue(expr.value);
      case 'name':
        return this.#name(expr.name, env, expr.place);
      case 'any':
        throw new ScriptFault('"_" stands only in patterns', expr.place);
      case 'set':
      case 'sequence':
      case 'tuple':
      case 'events':
        return this.#listed(expr, env, expr.place);
      case 'range':
        return this.#range(expr, env);
      case 'dot':
        return dotted(expr.parts.map((part) => this.#part(part, env)));
      case 'unary':
        return this.#unary(expr, env);
      case 'binary':
        return this.#binary(expr, env);
      case 'if':
        return this.value(
          this.as('truth', this.value(expr.condition, env), expr.condition.place).value ? expr.yes : expr.no,
          env,
        );
      case 'let':
        return this.value(expr.body, this.#locals(expr, env));
      case 'lambda': {
        const definition = { name: 'the function', isFunction: true, clauses: [expr.clause], place: expr.place };
        return { is: 'function', key: `\\${expr.id}[${this.envKey(expr, env)}]`, definition, env };
      }
      case 'apply': {
        const target = this.value(expr.target, env);
        return this.call(
          target,
          expr.args.map((arg) => this.value(arg, env)),
          expr.place,
        );
      }
      default: {
        const process = this.#reader.read(expr, env);
        return { is: 'process', key: `p${process.id}`, process };
      }
    }
  }

  #part(part: Expr, env: Env): Value {
    const value = this.value(part, env);
    if (value.is === 'process' || value.is === 'function')
      throw new ScriptFault(`${kindText(value)} is no part of an event`, part.place);
    return value;
  }

  #name(name: string, env: Env, place: Place): Value {
    const cell = find(env, name);
    if (cell !== undefined) return cell.bound.is === 'local' ? this.#local(cell.bound, place) : cell.bound;
    if (this.isConstant(name)) return wordValue(name);
    const definition = this.#definitions.get(name);
    if (definition !== undefined) return this.#defined(name, definition, undefined, place);
    const type = this.#types.get(name);
    if (type !== undefined) return this.#type(type);
    if (this.#transparent.has(name)) return { is: 'built-in', key: name, name: 'same' };
    const builtIn = builtIns.get(name);
    if (builtIn === undefined) throw new ScriptFault(`there is no definition of ${name}`, place);
    return builtIn === 'function' ? { is: 'built-in', key: name, name } : builtIn(this, place);
  }

  #local({ definition, home, key }: Local, place: Place): Value {
    return this.#defined(key, definition, home.env, place);
  }

  #defined(key: string, definition: Definition, env: Env, place: Place): Value {
    if (definition.isFunction) return { is: 'function', key, definition, env };
    return this.#once(key, definition, place, () => this.value((definition.clauses[0] as { body: Expr }).body, env));
  }

  #once(key: string, { name }: Definition, place: Place, work: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#open.has(key))
      throw new ScriptFault(`${name} calls itself before it has communicated: put an event before the call`, place);
    this.#open.add(key);
    try {
      const value = work();
      if (this.#known.size >= greatestKnown) throw new ScriptFault(`${name} is called for too many different values`, place);
      this.allowance.keep(200 + 2 * key.length + 2 * value.key.length + bytesIn(value));
      this.#known.set(key, value);
      if (value.is === 'process' && !key.includes('[')) this.processes.name(value.process, key);
      return value;
    } finally {
      this.#open.delete(key);
    }
  }

  #locals(expr: Extract<Expr, { is: 'let' }>, env: Env): Env {
    const home: { env: Env } = { env };
    const outside = `let${expr.id}[${this.envKey(expr, env)}]`;
    for (const definition of expr.definitions)
      home.env = {
        name: definition.name,
        bound: { is: 'local', key: `${outside}${definition.name}`, definition, home },
        outer: home.env,
      };
    return home.env;
  }

  #type(constructors: readonly Constructor[]): Value {
    return setValue(
      constructors.flatMap(({ name, place }) => {
        const word = wordValue(name);
        return this.#constructors.extensions(word, place).map((more) => dotted([word, ...more]));
      }),
    );
  }

  #listed(expr: Listed, env: Env, place: Place): Value {
    const envs = expr.statements === undefined ? [env] : this.ways(expr.statements, env);
    const items = envs.flatMap((way) => expr.items.map((item) => this.value(item, way)));
    this.allowance.spend(items.length);
    if (expr.is === 'tuple' || expr.is === 'sequence') return listValue(expr.is, items);
    if (expr.is === 'set') return this.#set(items, place);
    return this.#set(
      items.flatMap((item) => this.channels.extensions(item, place).map((more) => dotted([item, ...more]))),
      place,
    );
  }

  #set(items: readonly Value[], place: Place): Value {
    this.allowance.spend(items.length);
    if (items.length > greatestSet) throw new ScriptFault(`a set has at most ${greatestSet} members`, place);
    const wrong = items.find(({ is }) => is === 'process' || is === 'function');
    if (wrong !== undefined) throw new ScriptFault(`${kindText(wrong)} is no member of a set`, place);
    return setValue(items);
  }

  #range({ of, from, to, place }: Extract<Expr, { is: 'range' }>, env: Env): Value {
    const [first, last] = [from, to].map((end) => this.as('number', this.value(end, env), end.place).value) as [number, number];
    const size = Math.max(0, last - first + 1);
    if (size > greatestSet) throw new ScriptFault(`the range ${first}..${last} has more than ${greatestSet} members`, place);
    this.allowance.spend(size);
    const items = Array.from({ length: size }, (_, at) => numberValue(first + at));
    return of === 'set' ? setValue(items) : listValue('sequence', items);
  }

  #unary({ op, of, place }: Extract<Expr, { is: 'unary' }>, env: Env): Value {
    const value = this.value(of, env);
    if (op === 'not') return truthValue(!this.as('truth', value, of.place).value);
    if (op === '#') return numberValue(this.as('sequence', value, of.place).items.length);
    return numberValue(-this.as('number', value, place).value);
  }

  #binary({ op, left, right, place }: Extract<Expr, { is: 'binary' }>, env: Env): Value {
    const a = this.value(left, env);
    if (op === 'and' || op === 'or') {
      const { value } = this.as('truth', a, left.place);
      return value === (op === 'or') ? a : this.as('truth', this.value(right, env), right.place);
    }
    const b = this.value(right, env);
    if (op === '==' || op === '!=') return truthValue(compared(a, b, place) === (op === '=='));
    if (op === '^') {
      const items = [...this.as('sequence', a, left.place).items, ...this.as('sequence', b, right.place).items];
      this.allowance.spend(items.length);
      return listValue('sequence', items);
    }
    return arithmetic(op, this.as('number', a, left.place).value, this.as('number', b, right.place).value, place);
  }
}

function bytesIn(value: Value): number {
  return value.is === 'set' || value.is === 'sequence' || value.is === 'tuple' ? 100 * value.items.length : 0;
}
