/**
 * The value at a field of a message: a name, or names joined by dots for fields within fields, numbers for places in a list.
 * A name that itself holds dots is found first. Only a message's own fields are seen.
 *
 * @returns undefined when there is no such field.
 * @example fieldAt({ address: { city: 'Oslo' } }, 'address.city') // 'Oslo'
 */
export function fieldAt(message: unknown, path: string): unknown {
  if (path === '') return message;
  if (message === null || typeof message !== 'object') return undefined;
  if (Object.hasOwn(message, path)) return (message as Record<string, unknown>)[path];
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const first = path.slice(0, dot);
  if (!Object.hasOwn(message, first)) return undefined;
  return fieldAt((message as Record<string, unknown>)[first], path.slice(dot + 1));
}
