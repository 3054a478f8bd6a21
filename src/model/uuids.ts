import type { TSchema } from 'typebox';

/**
 * E54  The same value with every UUID in small letters, as ids are kept and told: programs that write them large mean the same ones.
 *
 * @param schema of an object that the value fits; its own fields of format `uuid` are looked at.
 */
export function withSmallUuids<T>(schema: TSchema, value: T): T {
  const fields = Object.entries((schema as { readonly properties?: Readonly<Record<string, TSchema>> }).properties ?? {});
  const given = value as Readonly<Record<string, unknown>>;
  const small = fields.flatMap(([name, field]) => {
    const text = isUuid(field) ? given[name] : undefined;
    return typeof text === 'string' && text !== text.toLowerCase() ? [[name, text.toLowerCase()]] : [];
  });
  return small.length === 0 ? value : { ...value, ...Object.fromEntries(small) };
}

function isUuid(schema: TSchema): boolean {
  return (schema as { readonly format?: unknown }).format === 'uuid';
}
