/** Rows of a text in CSV (RFC 4180), at most so many; a quote that never closes takes the rest. */
export function csvRows(text: string, most: number): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const letter = text.charAt(at);
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ',') endCell();
    else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (rows.length < most && (cell !== '' || row.length > 0)) endRow();
  return rows;
}

/** Rows of a text of JSON objects, one a line or as a list; undefined when it is neither. */
export function jsonRows(text: string, most: number): readonly (readonly string[])[] | undefined {
  const objects = objectsOf(text);
  if (objects === undefined || objects.length === 0) return undefined;
  const names = [...new Set(objects.slice(0, most).flatMap((object) => Object.keys(object)))];
  return [names, ...objects.slice(0, most).map((object) => names.map((name) => cellText(object[name])))];
}

type Row = Readonly<Record<string, unknown>>;

function objectsOf(text: string): readonly Row[] | undefined {
  try {
    const whole: unknown = JSON.parse(text);
    return Array.isArray(whole) && whole.every(isRow) ? whole : undefined;
  } catch {
    // Not one JSON text: perhaps one a line.
  }
  try {
    const lines: unknown[] = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return lines.every(isRow) ? lines : undefined;
  } catch {
    return undefined;
  }
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
const cellText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
