const longestValue = 60;

/** A message as JSON, cut when it is long. */
export function shortly(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
