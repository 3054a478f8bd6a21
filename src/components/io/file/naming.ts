/** The path a message names: a text, or its field `path`; undefined when it names none. */
export function pathOf(message: unknown): string | undefined {
  if (typeof message === 'string') return message;
  if (message === null || typeof message !== 'object' || !Object.hasOwn(message, 'path')) return undefined;
  const { path } = message as { path: unknown };
  return typeof path === 'string' ? path : undefined;
}
