import type { Connection, DesignBody, End, Position, Size } from '#model/design.ts';
import type { Comparison, FieldChange, MergeConflict } from '#model/merging/history.ts';
import { fieldWords, itemsOf, partsOf } from '#model/merging/items.ts';

/** What the command line prints of the difference of two designs: one line a change, each complete in itself. */

type Mark = '+' | '-' | '~' | ' ';
type Line = readonly [Mark, string];

const colours: Readonly<Record<Mark, string>> = { '+': '32', '-': '31', '~': '33', ' ': '2' };

/** Added `+`, removed `-`, changed `~`, and moved without a mark, in this order; empty when nothing differs. */
export function comparisonText(comparison: Comparison, colour: boolean): string {
  const lines = [
    ...comparison.design.map((field): Line => ['~', `design: ${fieldText(field)}`]),
    ...nodeLines(comparison.nodes),
    ...connectionLines(comparison.connections),
    ...groupLines(comparison.groups),
    ...comparison.nodes.moved.map((moved): Line => [' ', `node ${moved.id} ${movedText(moved)}`]),
  ];
  const painted = ([mark, text]: Line): string =>
    colour ? `\x1b[${colours[mark]}m${mark} ${text}\x1b[0m\n` : `${mark} ${text}\n`;
  return lines.map(painted).join('');
}

function nodeLines({ added, removed, changed }: Comparison['nodes']): Line[] {
  const settings = (given: Readonly<Record<string, unknown>>): string =>
    Object.keys(given).length === 0 ? '' : ` ${valueText(given)}`;
  return [
    ...added.map((node): Line => ['+', `node ${node.id}: ${node.kind}${settings(node.settings)}`]),
    ...removed.map((node): Line => ['-', `node ${node.id}: ${node.kind}${settings(node.settings)}`]),
    ...changedLines('node', changed),
  ];
}

function connectionLines({ added, removed, rewired, changed }: Comparison['connections']): Line[] {
  const line = (mark: Mark, connection: Connection): Line => [mark, `connection ${connection.id}: ${endsText(connection)}`];
  return [
    ...added.map((connection) => line('+', connection)),
    ...removed.map((connection) => line('-', connection)),
    ...rewired.map(({ id, from, to }): Line => ['~', `connection ${id}: ${endsText(from)}  becomes  ${endsText(to)}`]),
    ...changedLines('connection', changed),
  ];
}

function groupLines({ added, removed, changed, assigned }: Comparison['groups']): Line[] {
  return [
    ...added.map(({ id, title }): Line => ['+', `group ${id}: ${valueText(title)}`]),
    ...removed.map(({ id, title }): Line => ['-', `group ${id}: ${valueText(title)}`]),
    ...changedLines('group', changed),
    ...assigned.map(({ node, from, to }): Line => ['~', `node ${node}: group ${from ?? 'none'} → ${to ?? 'none'}`]),
  ];
}

function changedLines(about: string, changed: Comparison['nodes']['changed']): Line[] {
  return changed.flatMap(({ id, fields }) => fields.map((field): Line => ['~', `${about} ${id}: ${fieldText(field)}`]));
}

const fieldText = ({ field, from, to }: FieldChange): string => `${fieldWords(field)} ${valueText(from)} → ${valueText(to)}`;

// Strings as JSON, so that a line feed in one does not break the line.
function valueText(value: unknown): string {
  return value === undefined ? 'unset' : JSON.stringify(value);
}

const endText = ({ node, port, index }: End): string => `${node}.${port}${index === 0 ? '' : `[${index}]`}`;
const endsText = ({ from, to }: Connection): string => `${endText(from)} → ${endText(to)}`;

function movedText({ from, to, fromSize, toSize }: Comparison['nodes']['moved'][number]): string {
  const place = (at: Position | undefined): string => (at === undefined ? 'no place' : `(${at.x}, ${at.y})`);
  const size = (of: Size | undefined): string => (of === undefined ? 'its own size' : `${of.width} × ${of.height}`);
  const moved = from === undefined && to === undefined ? [] : [`moved ${place(from)} → ${place(to)}`];
  const resized = fromSize === undefined && toSize === undefined ? [] : [`resized ${size(fromSize)} → ${size(toSize)}`];
  return [...moved, ...resized].join(', ');
}

/** A design in lines that each say what they are about, so that a difference of lines can be read (git's textconv). */
export function designLines(body: DesignBody): string {
  return [...itemsOf(body)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, item]) => {
      const { about, id } = partsOf(key);
      const named = id === '' ? about : `${about} ${id}`;
      const fields = [...item].sort(([a], [b]) => (a < b ? -1 : 1));
      return fields.map(
        ([field, value]) =>
          `${named}: ${fieldWords(field)} ${field === 'from' || field === 'to' ? endText(value as End) : valueText(value)}\n`,
      );
    })
    .join('');
}

/** Conflicts of a merge, one a line with its key in front. */
export function conflictsText(path: string, conflicts: readonly MergeConflict[]): string {
  const lines = (minor: boolean): string =>
    conflicts
      .filter((conflict) => (conflict.minor === true) === minor)
      .map(({ key, message }) => `  ${fieldWords(key)}: ${message}\n`)
      .join('');
  const [real, drawn] = [lines(false), lines(true)];
  const first = real === '' ? '' : `${path}: both sides changed the same; ours holds\n${real}`;
  return first + (drawn === '' ? '' : `${path}: only about where it is drawn; ours holds\n${drawn}`);
}
