import { type CsvError, type Info, type Parser, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { type Found, fault, found, type Reader, recordTooLong, textMalformed, valueUnfit, type Writer } from './format.ts';

export interface CsvRules {
  readonly delimiter: string;
  /** The first row names the fields. */
  readonly header: boolean;
  readonly detectTypes: boolean;
  readonly strict: boolean;
  readonly maxRecordBytes: number;
}

const number = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?$/;

/**
 * What an unquoted-looking text most likely is: a number, true, false, or null for nothing.
 * Leading zeros and more than 15 digits stay text: they are codes, and as numbers they would change.
 */
export function detected(text: string): unknown {
  if (text === '') return null;
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text.length > 24 || !number.test(text)) return text;
  const digits = text.replace(/[eE].*$/, '').replace(/[-.]/g, '').length;
  const value = Number(text);
  return digits <= 15 && Number.isFinite(value) ? value : text;
}

/** A tab is typed as `\t` in a form. */
export function delimiterOf(setting: string): string {
  return setting === '\\t' ? '\t' : setting;
}

interface SavedCsv {
  readonly names: readonly string[] | null;
  readonly rows: number;
  readonly lastLine: number;
  readonly expected: number | null;
  /** What came after the last row. */
  readonly rest: string;
  readonly isStart: boolean;
}

/** Reads CSV (RFC 4180, any line end, a byte order mark is skipped). Fields are text unless types are detected. */
export class CsvReader implements Reader {
  readonly #rules: CsvRules;
  #parser: Parser;
  #names: readonly string[] | undefined;
  #found: Found[] = [];
  #rows = 0;
  #lastLine = 0;
  #expected: number | undefined;
  #dead = false;
  /** Half of a character outside the basic plane, whose other half comes with the next piece. */
  #half = '';
  /** The pieces since the last row, which the parser holds too, in a form that cannot be saved. */
  readonly #since = new Since();
  /** Lines before those that the parser counts. */
  #linesBefore = 0;

  constructor(rules: CsvRules) {
    this.#rules = rules;
    this.#parser = this.#open(true);
  }

  #open(bom: boolean): Parser {
    const rules = this.#rules;
    const parser = parse({
      delimiter: delimiterOf(rules.delimiter),
      bom,
      info: true,
      relax_column_count: true,
      relax_quotes: !rules.strict,
      skip_empty_lines: true,
      max_record_size: rules.maxRecordBytes,
      // Rows are taken here, as they are parsed; nothing is queued in the stream.
      on_record: (parsed: unknown) => {
        const { record, info } = parsed as { record: string[]; info: Info };
        this.#since.rowEnded(info.bytes);
        return this.#row(record, this.#linesBefore + info.lines);
      },
    });
    parser.on('error', () => undefined);
    parser.resume();
    return parser;
  }

  save(): SavedCsv {
    return {
      names: this.#names ?? null,
      rows: this.#rows,
      lastLine: this.#lastLine,
      expected: this.#expected ?? null,
      rest: this.#since.text() + this.#half,
      isStart: this.#lastLine === 0,
    };
  }

  restore(saved: unknown): void {
    const { names, rows, lastLine, expected, rest, isStart } = saved as SavedCsv;
    [this.#names, this.#rows, this.#lastLine] = [names ?? undefined, rows, lastLine];
    [this.#expected, this.#linesBefore] = [expected ?? undefined, lastLine];
    if (!isStart) this.#parser = this.#open(false);
    this.push(rest);
  }

  push(piece: string): readonly Found[] {
    if (this.#dead) return [];
    const text = this.#half + piece;
    const cut = /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
    this.#half = text.slice(cut);
    this.#since.add(text.slice(0, cut));
    this.#parser.write(text.slice(0, cut));
    return this.#take(piece);
  }

  async end(): Promise<readonly Found[]> {
    if (this.#dead) return [];
    await new Promise<void>((resolve) => {
      this.#parser.once('close', resolve);
      this.#parser.end(this.#half);
    });
    return this.#take(null);
  }

  #take(original: unknown): readonly Found[] {
    const taken = this.#found;
    this.#found = [];
    const thrown = this.#parser.errored as CsvError | null;
    if (thrown === null || this.#dead) return taken;
    this.#dead = true;
    return [...taken, this.#broken(thrown, original)];
  }

  #broken(thrown: CsvError, original: unknown): Found {
    const row = this.#rows + 1;
    const line = this.#lastLine + 1;
    const facts = { row, line };
    const where = this.#names === undefined && this.#rules.header ? 'the header' : `row ${row}`;
    if (thrown.code === 'CSV_MAX_RECORD_SIZE') {
      const detail = `${where} (from line ${line}) is longer than ${this.#rules.maxRecordBytes} bytes (setting maxRecordBytes)`;
      return fault(recordTooLong({ detail, facts, cause: thrown }), null, true);
    }
    const why =
      thrown.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'opens a quote that is not closed before the text ends'
        : 'has a quote where none may be; one inside a quoted field is written twice';
    return fault(textMalformed({ detail: `${where} (from line ${line}) ${why}`, facts, cause: thrown }), original, true);
  }

  // Gives null so that the stream keeps nothing.
  #row(record: string[], line: number): null {
    if (this.#dead) return null;
    if (this.#rules.header && this.#names === undefined) this.#header(record);
    else this.#found.push(this.#read(record, line));
    this.#lastLine = line;
    return null;
  }

  #header(record: string[]): void {
    const names = record.map((name, at) => name || `column${at + 1}`);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) {
      this.#dead = true;
      this.#found.push(fault(textMalformed({ detail: `the header names the field ${twice} twice` }), record, true));
    }
    this.#names = names;
    this.#expected = names.length;
  }

  #read(record: string[], line: number): Found {
    const row = ++this.#rows;
    this.#expected ??= record.length;
    const expected = this.#expected;
    if (this.#rules.strict && record.length !== expected) {
      const says = this.#names === undefined ? `the first row has ${expected}` : `the header names ${expected}`;
      const detail = `row ${row} (line ${line}) has ${record.length} field${record.length === 1 ? '' : 's'}, ${says}`;
      return fault(textMalformed({ detail, facts: { row, line, fields: record.length, expected } }), record);
    }
    const cells: unknown[] = this.#rules.detectTypes ? record.map(detected) : record;
    const names = this.#names;
    return found(names === undefined ? cells : Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null])));
  }
}

/** Text in pieces, from the end of the last row on; positions are in bytes of UTF-8. */
class Since {
  #pieces: { readonly text: string; readonly endByte: number }[] = [];
  #seenBytes = 0;
  #rowEndByte = 0;

  add(text: string): void {
    while ((this.#pieces[0]?.endByte ?? Number.POSITIVE_INFINITY) <= this.#rowEndByte) this.#pieces.shift();
    this.#seenBytes += Buffer.byteLength(text);
    this.#pieces.push({ text, endByte: this.#seenBytes });
  }

  rowEnded(atByte: number): void {
    this.#rowEndByte = atByte;
  }

  text(): string {
    const held = Buffer.from(this.#pieces.map(({ text }) => text).join(''));
    return held.subarray(Math.max(0, held.length - (this.#seenBytes - this.#rowEndByte))).toString('utf8');
  }
}

export interface CsvWriterRules {
  readonly delimiter: string;
  readonly header: boolean;
  readonly strict: boolean;
  /** Which fields, in which order; empty: those of the first message. */
  readonly columns: readonly string[];
}

interface SavedCsvWriter {
  readonly columns: readonly string[] | null;
  readonly begun: boolean;
}

/** Writes CSV with LF line ends: a row a value, the header before the first. */
export class CsvWriter implements Writer {
  readonly #rules: CsvWriterRules;
  #columns: readonly string[] | undefined;
  #begun = false;

  constructor(rules: CsvWriterRules) {
    this.#rules = rules;
    this.#columns = rules.columns.length > 0 ? rules.columns : undefined;
  }

  write(value: unknown): string {
    if (Array.isArray(value)) return this.#begin() + this.#text(value);
    if (value === null || typeof value !== 'object') {
      throw valueUnfit({
        detail: `a CSV row is made of an object or a list, not of a ${value === null ? 'null' : typeof value}`,
      });
    }
    this.#columns ??= Object.keys(value);
    const columns = this.#columns;
    const extra = this.#rules.strict ? Object.keys(value).find((name) => !columns.includes(name)) : undefined;
    if (extra !== undefined) throw valueUnfit({ detail: `the field ${extra} is not one of the columns ${columns.join(', ')}` });
    const row = value as Readonly<Record<string, unknown>>;
    return this.#begin() + this.#text(columns.map((name) => (Object.hasOwn(row, name) ? row[name] : null)));
  }

  end(): string | undefined {
    return this.#begin() || undefined;
  }

  save(): SavedCsvWriter {
    return { columns: this.#columns ?? null, begun: this.#begun };
  }

  restore(saved: unknown): void {
    const { columns, begun } = saved as SavedCsvWriter;
    [this.#columns, this.#begun] = [columns ?? undefined, begun];
  }

  #begin(): string {
    if (this.#begun) return '';
    this.#begun = true;
    return this.#rules.header && this.#columns !== undefined ? this.#text(this.#columns) : '';
  }

  #text(cells: readonly unknown[]): string {
    return stringify([cells], { delimiter: delimiterOf(this.#rules.delimiter), cast: { boolean: String } });
  }
}
