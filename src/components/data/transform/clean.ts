export const cleanings = ['trim', 'collapse-spaces', 'empty-to-null', 'drop-nulls'] as const;
export type Cleaning = (typeof cleanings)[number];

/**
 * The message with its texts cleaned, also those deep inside; the given one is not changed.
 *
 * `drop-nulls` leaves fields out whose value is null; a null in a list stays, so that places do not shift.
 */
export function cleaned(value: unknown, rules: ReadonlySet<Cleaning>): unknown {
  if (rules.size === 0) return value;
  if (typeof value === 'string') return cleanText(value, rules);
  if (Array.isArray(value)) return value.map((each) => cleaned(each, rules));
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([name, each]): [string, unknown] => [name, cleaned(each, rules)]);
  return Object.fromEntries(rules.has('drop-nulls') ? fields.filter(([, each]) => each !== null) : fields);
}

function cleanText(text: string, rules: ReadonlySet<Cleaning>): string | null {
  const trimmed = rules.has('trim') ? text.trim() : text;
  const collapsed = rules.has('collapse-spaces') ? trimmed.replace(/\s+/g, ' ') : trimmed;
  return collapsed === '' && rules.has('empty-to-null') ? null : collapsed;
}
