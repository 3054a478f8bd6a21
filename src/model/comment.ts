import { type Static, Type } from 'typebox';
import { type DesignBody, ElementId, Position, Size } from './design.ts';
import { unplain } from './schema-check.ts';

/** What people say about a design, beside it: comments are no edits, have no revision and are not part of its file. Rules M1… in `docs/spec/comment.md`. */

/** M1: what a thread is about. It follows a node or connection; a point and a region stay where they are. */
export const Anchor = Type.Union([
  Type.Object({ node: ElementId }, { additionalProperties: false }),
  Type.Object({ connection: ElementId }, { additionalProperties: false }),
  Type.Object({ point: Position }, { additionalProperties: false }),
  Type.Object(
    { region: Type.Object({ at: Position, size: Size }, { additionalProperties: false }) },
    { additionalProperties: false },
  ),
]);
export type Anchor = Static<typeof Anchor>;

/** Longest text of one comment, in characters. */
export const longestComment = 10_000;

export const CommentText = Type.String({ minLength: 1, maxLength: longestComment });

export const Comment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  actor: Type.String({ description: 'Who wrote it.' }),
  text: CommentText,
  mentions: Type.Array(Type.String(), { description: 'Names after an @ in the text.' }),
  at: Type.String({ format: 'date-time' }),
  editedAt: Type.Optional(Type.String({ format: 'date-time' })),
});
export type Comment = Static<typeof Comment>;

export const ThreadState = Type.Union([Type.Literal('open'), Type.Literal('resolved')]);
export type ThreadState = Static<typeof ThreadState>;

export const Thread = Type.Object({
  id: Type.String({ format: 'uuid' }),
  designId: Type.String({ format: 'uuid' }),
  rev: Type.Integer({
    minimum: 1,
    description: 'Grows with every change of the thread: of two states the one with more is newer.',
  }),
  anchor: Anchor,
  orphaned: Type.Boolean({ description: 'What it was about is gone.' }),
  place: Type.Optional(
    Type.Object(Position.properties, {
      description: 'While orphaned: where what it was about last was; left out when that had no place.',
    }),
  ),
  state: ThreadState,
  resolvedBy: Type.Optional(Type.String({ description: 'Who said that it is settled.' })),
  comments: Type.Array(Comment, { description: 'Oldest first.' }),
  createdAt: Type.String({ format: 'date-time' }),
  changedAt: Type.String({ format: 'date-time' }),
});
export type Thread = Static<typeof Thread>;

// After a letter it is an address (ada@example.org), not a mention. In quotes a name may have anything that is printed.
const plainName = '[\\p{L}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_.-]{0,78}[\\p{L}\\p{M}\\p{N}_])?';
const mention = new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_.@-])@(?:"([^"${unplain}]{1,80})"|(${plainName}))`, 'gu');
const mostMentions = 50;

/** A text as it is shown: its parts in their order; those that mention somebody say whom. */
export function partsOf(text: string): readonly { readonly text: string; readonly name?: string }[] {
  const parts: { text: string; name?: string }[] = [];
  let at = 0;
  for (const found of text.matchAll(mention)) {
    const name = (found[1] ?? found[2] ?? '').normalize('NFC').trim();
    if (name === '') continue;
    if (found.index > at) parts.push({ text: text.slice(at, found.index) });
    at = found.index + found[0].length;
    parts.push({ text: found[0], name });
  }
  return at < text.length ? [...parts, { text: text.slice(at) }] : parts;
}

/**
 * M6: the names that a text mentions, each once, in the order of the text, at most 50: `@bea`, `@"Ada Lovelace"`.
 * Names are composed (NFC); which of them belong to somebody is not looked at.
 */
export function mentionsIn(text: string): string[] {
  const names = new Set(partsOf(text).flatMap(({ name }) => (name === undefined ? [] : [name])));
  return [...names].slice(0, mostMentions);
}

/** How somebody is mentioned: a name of letters, digits, `_`, `-` and `.` as it is, any other in quotes. */
export function mentionOf(name: string): string {
  const plain = `@${name}`;
  return mentionsIn(plain)[0] === name ? plain : `@"${name}"`;
}

/** Whether a name that was mentioned is that of somebody: as people write names, large or small letters are the same. */
export function isSameName(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}

// Line feeds and tabs are text; other control characters and half characters are no writing.
const unwritten = /[\p{Cc}\p{Cs}]/u;

/** M3: why a text cannot be one of a comment, in words; undefined when it can. */
export function textFault(text: string): string | undefined {
  if (text.trim() === '') return 'says nothing';
  if ([...text].length > longestComment) return `has more than ${longestComment} characters`;
  const found = unwritten.exec(text.replaceAll(/[\n\t]/g, ''));
  if (found === null) return undefined;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `holds a control character, U+${code}`;
}

/** A text as it is kept: lines end in a line feed, nothing blank at its ends. */
export function keptText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').trim();
}

/** Whether a design has what a thread is about; a point and a region are always there. */
export function isThere({ nodes, connections }: DesignBody, anchor: Anchor): boolean {
  if ('node' in anchor) return Object.hasOwn(nodes, anchor.node);
  return !('connection' in anchor) || Object.hasOwn(connections, anchor.connection);
}

/**
 * M8: where an element of a design is: the top left corner of a node, for a connection the point halfway between those of its two
 * nodes. Undefined when it is not there, or has no place.
 */
export function placeOf(design: DesignBody, anchor: Anchor): Position | undefined {
  if ('node' in anchor) return design.canvas.positions[anchor.node];
  if ('point' in anchor) return anchor.point;
  if ('region' in anchor) return anchor.region.at;
  const wire = design.connections[anchor.connection];
  const from = wire && design.canvas.positions[wire.from.node];
  const to = wire && design.canvas.positions[wire.to.node];
  return from && to && { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}
