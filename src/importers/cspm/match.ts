import type { Pattern } from './tree.ts';
import { atomsOf, dotted, type Env, listValue, type Value } from './value.ts';

/** Names of a script that are constants: they match themselves. */
export type IsConstant = (name: string) => boolean;

/**
 * The names of a pattern bound to what they stand for in a value.
 *
 * @returns `'no'` when it does not fit.
 */
export function match(pattern: Pattern, value: Value, env: Env, isConstant: IsConstant): Env | 'no' {
  switch (pattern.is) {
    case 'any':
      return env;
    case 'name':
      if (isConstant(pattern.name)) return value.key === pattern.name ? env : 'no';
      return { name: pattern.name, bound: value, outer: env };
    case 'number':
      return value.is === 'number' && value.value === pattern.value ? env : 'no';
    case 'truth':
      return value.is === 'truth' && value.value === pattern.value ? env : 'no';
    case 'empty-set':
      return value.is === 'set' && value.items.length === 0 ? env : 'no';
    case 'tuple':
    case 'sequence':
      if (value.is !== pattern.is || value.items.length !== pattern.parts.length) return 'no';
      return matchAll(pattern.parts, value.items, env, isConstant);
    case 'dot': {
      // The last part takes all that is left.
      const atoms = atomsOf(value);
      const { length } = pattern.parts;
      if (atoms.length < length) return 'no';
      return matchAll(pattern.parts, [...atoms.slice(0, length - 1), dotted(atoms.slice(length - 1))], env, isConstant);
    }
    case 'joined': {
      const { length } = pattern.first;
      if (value.is !== 'sequence' || value.items.length < length) return 'no';
      const rest = listValue('sequence', value.items.slice(length));
      return matchAll([...pattern.first, pattern.rest], [...value.items.slice(0, length), rest], env, isConstant);
    }
  }
}

export function matchAll(patterns: readonly Pattern[], values: readonly Value[], env: Env, isConstant: IsConstant): Env | 'no' {
  let bound = env;
  for (const [at, pattern] of patterns.entries()) {
    const next = match(pattern, values[at] as Value, bound, isConstant);
    if (next === 'no') return 'no';
    bound = next;
  }
  return bound;
}
