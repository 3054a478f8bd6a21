import type { Edit } from '#model/edits/edit.ts';

/** One value that an edit sets, whatever was there. */
export interface Write {
  /** The same for every edit that sets the same. */
  readonly key: string;
  /** What it is called: `capacity`. */
  readonly what: string;
  readonly value: unknown;
  /** Sets this and nothing else. */
  readonly edit: Edit;
}

/** The values that edits set. Places are none: that somebody else moves a node too is seen. */
export const writesOf = (edits: readonly Edit[]): readonly Write[] => edits.flatMap(writes);

function writes(edit: Edit): readonly Write[] {
  switch (edit.do) {
    case 'node.set': {
      const { do: does, id, settings = {}, ...fields } = edit;
      return [
        ...Object.entries(fields).map(([what, value]) =>
          write(`node/${id}/${what}`, fieldWords[what] ?? what, value, { do: does, id, [what]: value }),
        ),
        ...Object.entries(settings).map(([what, value]) =>
          write(`node/${id}/settings/${what}`, what, value, { do: does, id, settings: { [what]: value } }),
        ),
      ];
    }
    case 'connection.set':
    case 'group.set': {
      const { do: does, id, ...fields } = edit;
      return Object.entries(fields).map(([what, value]) =>
        write(`${does}/${id}/${what}`, what, value, { do: does, id, [what]: value } as Edit),
      );
    }
    case 'design.set': {
      const { do: does, ...fields } = edit;
      return Object.entries(fields).map(([what, value]) => write(`design/${what}`, what, value, { do: does, [what]: value }));
    }
    default:
      return [];
  }
}

// As they are called on the page.
const fieldWords: Readonly<Record<string, string>> = { label: 'name', onFailure: 'what happens when it fails' };

const write = (key: string, what: string, value: unknown, edit: Edit): Write => ({ key, what, value, edit });

const longestWords = 40;

/** A value in a line for a person. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'its default';
  if (value === '') return 'nothing';
  const text = typeof value === 'string' ? `“${value.replaceAll(/\s+/g, ' ')}”` : JSON.stringify(value);
  return text.length > longestWords ? `${text.slice(0, longestWords - 1)}…` : text;
}
