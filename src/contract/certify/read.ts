import { Fault, TooMuch } from './plain.ts';

/** Certificates come from outside: nothing about their form is taken on trust. Each of these throws a Fault when the form is another. */

export function fieldOf(data: unknown, name: string): unknown {
  if (typeof data !== 'object' || data === null || !(name in data)) throw new Fault(`${name} is missing`);
  return (data as Readonly<Record<string, unknown>>)[name];
}

/** Throws TooMuch where a field was left out, as what it holds was too much to list. */
export function listedIn(data: unknown, name: string): unknown {
  if (!hasField(data, name)) throw new TooMuch(`${name} is not listed: it was too much`);
  return fieldOf(data, name);
}

/** As far as it is said: numbers that are missing are taken for nothing. */
export function sizeOf(data: unknown): { readonly states: number; readonly transitions: number } {
  const of = (name: string): number => (hasField(data, name) ? wholeNumber(fieldOf(data, name)) : 0);
  return { states: of('states'), transitions: of('transitions') };
}

export function hasField(data: unknown, name: string): boolean {
  return typeof data === 'object' && data !== null && name in data;
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault('a list is missing');
  return value;
}

export function wholeNumber(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Fault('a whole number is missing');
  return value;
}

export function numbersOf(value: unknown): readonly number[] {
  return listOf(value).map(wholeNumber);
}

export function booleanOf(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Fault('a yes or no is missing');
  return value;
}
