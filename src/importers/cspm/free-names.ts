import { namesOf } from './parse-pattern.ts';
import type { Definition, Expr, Pattern, Statement } from './tree.ts';

/** The names that an expression uses and does not bind itself, each once; worked out once an expression. */
export class FreeNames {
  readonly #known = new Map<number, readonly string[]>();

  of(expr: Expr): readonly string[] {
    const known = this.#known.get(expr.id);
    if (known !== undefined) return known;
    const names = [...new Set(this.#free(expr))];
    this.#known.set(expr.id, names);
    return names;
  }

  #all(exprs: readonly (Expr | undefined)[]): string[] {
    return exprs.flatMap((expr) => (expr === undefined ? [] : this.of(expr)));
  }

  #free(expr: Expr): readonly string[] {
    switch (expr.is) {
      case 'name':
        return [expr.name];
      case 'set':
      case 'sequence':
      case 'tuple':
      case 'events':
        return this.#within(expr.statements ?? [], this.#all(expr.items));
      case 'range':
        return this.#all([expr.from, expr.to]);
      case 'dot':
        return this.#all(expr.parts);
      case 'unary':
        return this.of(expr.of);
      case 'binary':
        return this.#all([expr.left, expr.right]);
      case 'if':
        return this.#all([expr.condition, expr.yes, expr.no]);
      case 'let': {
        const own = new Set(expr.definitions.map(({ name }) => name));
        return [...expr.definitions.flatMap((one) => this.definition(one)), ...this.of(expr.body)].filter(
          (name) => !own.has(name),
        );
      }
      case 'lambda':
        return without(this.of(expr.clause.body), expr.clause.parameters);
      case 'apply':
        return this.#all([expr.target, ...expr.args]);
      default:
        return this.#ofProcess(expr);
    }
  }

  #ofProcess(expr: Expr): readonly string[] {
    switch (expr.is) {
      case 'prefix': {
        let names: readonly string[] = this.of(expr.next);
        for (const field of expr.fields.toReversed())
          names =
            field.is === 'out'
              ? [...this.of(field.value), ...names]
              : [...this.#all([field.set]), ...without(names, [field.pattern])];
        return [...this.of(expr.channel), ...names];
      }
      case 'guard':
        return this.#all([expr.condition, expr.process]);
      case 'join':
        return this.#all(expr.of);
      case 'parallel':
        return this.#all([expr.sync, expr.left, expr.right]);
      case 'alphabetised':
        return this.#all(expr.sides.flatMap(({ alphabet, process }) => [alphabet, process]));
      case 'exception':
        return this.#all([expr.left, expr.events, expr.right]);
      case 'hide':
        return this.#all([expr.of, expr.events]);
      case 'rename':
        return [...this.of(expr.of), ...this.#within(expr.statements, this.#all(expr.pairs.flat()))];
      case 'each': {
        const outside = expr.op === '[|' ? this.#all([expr.events]) : [];
        const inside = this.#all([expr.body, expr.op === '[|' ? undefined : expr.events]);
        return [...outside, ...this.#within(expr.statements, inside)];
      }
      default:
        return [];
    }
  }

  definition({ clauses }: Definition): readonly string[] {
    return clauses.flatMap(({ parameters, body }) => without(this.of(body), parameters));
  }

  // What a later statement and the body use of an earlier one is bound.
  #within(statements: readonly Statement[], inside: readonly string[]): readonly string[] {
    let names = inside;
    for (const statement of statements.toReversed())
      names =
        statement.is === 'only'
          ? [...this.of(statement.condition), ...names]
          : [...this.of(statement.set), ...without(names, [statement.pattern])];
    return names;
  }
}

function without(names: readonly string[], patterns: readonly Pattern[]): readonly string[] {
  const bound = new Set(patterns.flatMap(namesOf));
  return names.filter((name) => !bound.has(name));
}
