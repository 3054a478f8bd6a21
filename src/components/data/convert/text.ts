import { messageOf } from '#base/errors.ts';
import { fieldAt } from '#kit/field.ts';
import { readJson } from '#kit/json.ts';
import { type Line, LineSplitter, type SavedLines } from '#kit/lines.ts';
import { type Found, fault, found, type Reader, recordTooLong, textMalformed, valueUnfit, type Writer } from './format.ts';

/** Reads lines: as texts, or as a JSON value each (NDJSON, empty lines left out). */
export class LineReader implements Reader {
  readonly #splitter: LineSplitter;
  readonly #maxBytes: number;
  readonly #json: boolean;

  constructor(rules: { readonly json: boolean; readonly maxRecordBytes: number }) {
    this.#splitter = new LineSplitter(rules.maxRecordBytes);
    this.#maxBytes = rules.maxRecordBytes;
    this.#json = rules.json;
  }

  push(piece: string): readonly Found[] {
    return this.#read(this.#splitter.push(piece));
  }

  end(): readonly Found[] {
    return this.#read(this.#splitter.end());
  }

  save(): unknown {
    return this.#splitter.save();
  }

  restore(saved: unknown): void {
    this.#splitter.restore(saved as SavedLines);
  }

  #read(lines: Iterable<Line>): readonly Found[] {
    return [...lines].flatMap((line) => {
      if (line.is === 'too long') {
        const detail = `line ${line.number} is longer than ${this.#maxBytes} bytes (setting maxRecordBytes)`;
        return [fault(recordTooLong({ detail, facts: { line: line.number } }), null, true)];
      }
      if (!this.#json) return [found(line.text)];
      const text = line.number === 1 ? line.text.replace(/^\uFEFF/, '') : line.text;
      return text.trim() === '' ? [] : [parsed(text, line.number)];
    });
  }
}

function parsed(text: string, line: number): Found {
  try {
    return found(readJson(text));
  } catch (cause) {
    const detail = `line ${line} is not JSON: ${messageOf(cause)}`;
    return fault(textMalformed({ detail, facts: { line }, cause }), text);
  }
}

const slot = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Why a template cannot be meant as it is written; undefined when it can. */
export function templateFault(template: string): string | undefined {
  const rest = template.replace(slot, '');
  return rest.includes('{{') || rest.includes('}}') ? 'a {{ has no }}, or the other way round' : undefined;
}

/** Writes a line a value: the template with `{{field}}` filled in, or without one the text itself. */
export class TemplateWriter implements Writer {
  readonly #template: string;
  readonly #strict: boolean;

  constructor(rules: { readonly template: string; readonly strict: boolean }) {
    this.#template = rules.template;
    this.#strict = rules.strict;
  }

  write(value: unknown): string {
    if (this.#template === '') return `${textOf(value)}\n`;
    const filled = this.#template.replace(slot, (_, field: string) => {
      const part = fieldAt(value, field);
      if (part === undefined && this.#strict)
        throw valueUnfit({ detail: `the template names the field ${field}, which is not there` });
      return textOf(part ?? '');
    });
    return `${filled}\n`;
  }

  end(): undefined {
    return undefined;
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
