import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { saysOf, withGone } from '#model/edits/says.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { Travelled } from './design-state.ts';
import type { LeftEdit, Lost } from './line.ts';

/** What is said to a person about what others do, in one line each. */

/** What a transaction does: its label, or words made of its edits. */
export const doneWords = (
  { label, edits }: Pick<CommittedTx, 'label' | 'edits'>,
  body: Pick<DesignBody, 'nodes' | 'connections'>,
  kinds: Kinds,
): string => label ?? saysOf(edits, body, kinds);

/** Why something of this person is taken back; what is gone is called as it was. */
export function takenBackWords(label: string, { refusal, by, restore = [] }: Lost, body: DesignBody, kinds: Kinds): string {
  if (by === undefined) return `Taken back: ${label}. ${sentence(refusal.message)}`;
  return `${by.actor} came first with “${doneWords(by, withGone(body, restore), kinds)}”, so your “${label}” is taken back.`;
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;

/** Of what an edit sets something: ` of Waiter`, ` of the wire from Plato to Fork`; nothing for the design itself. */
export function ofWords(edit: Edit, { nodes, connections, canvas }: DesignBody, kinds: Kinds): string {
  const named = (id: string): string => nodes[id]?.label || kinds.get(nodes[id]?.kind ?? '')?.title || id;
  if (edit.do === 'node.set') return ` of ${named(edit.id)}`;
  if (edit.do === 'group.set') return ` of ${canvas.groups?.[edit.id]?.title || edit.id}`;
  if (edit.do !== 'connection.set') return '';
  const wire = connections[edit.id];
  return wire === undefined ? ` of ${edit.id}` : ` of the wire from ${named(wire.from.node)} to ${named(wire.to.node)}`;
}

const mostReasons = 3;

/** What an undo or a redo did, and what of it could not be. */
export function travelledWords(which: 'undo' | 'redo', done: Exclude<Travelled, { is: 'nothing' }>): string {
  const { label, left } = done;
  const reasons = left.length > mostReasons ? [...left.slice(0, 2), `and ${left.length - 2} more`] : left;
  const why = reasons.length === 0 ? '' : `; ${reasons.join('; ')}`;
  if (done.is === 'impossible') return `Cannot ${which} ${label}${why === '' ? ': others have changed the same since' : why}`;
  return `${which === 'undo' ? 'Undone' : 'Done again'}: ${label}${why}`;
}

/** Those who made a change that came as a whole, where the names are known; `some`: perhaps others did, too. */
export function authorsWords(names: readonly string[], some: boolean): string {
  const [first, second] = names;
  if (first === undefined) return 'Somebody';
  if (names.length > 2) return 'Several people';
  const known = second === undefined ? first : `${first} and ${second}`;
  return some ? `${known} and perhaps others` : known;
}

/** Why one edit of an undo is left out: `the wire to fork-1 could not be restored: fork-1 is gone`. */
export function leftWords({ edit, refusal }: LeftEdit, body: DesignBody, actor: string | undefined): string {
  const named = (id: string): string => body.nodes[id]?.label || id;
  if (edit.do === 'connect') {
    const { from, to } = edit.connection;
    const gone = [from.node, to.node].find((id) => !Object.hasOwn(body.nodes, id));
    const far = gone ?? to.node;
    const reason = gone === undefined ? refusal.message : `${gone} is gone`;
    return `the wire ${far === to.node ? 'to' : 'from'} ${named(far)} could not be restored: ${reason}`;
  }
  const what = thing(edit, named);
  if (refusal.code === 'UNKNOWN_NODE' || refusal.code === 'UNKNOWN_CONNECTION') return `${what} is gone`;
  const who = actor === undefined ? refusal.message : `${actor} has changed it since`;
  return `${what} stays as it is: ${who}`;
}

function thing(edit: Edit, named: (id: string) => string): string {
  switch (edit.do) {
    case 'node.add':
      return edit.node.label || edit.node.id;
    case 'disconnect':
    case 'connection.set':
    case 'connection.rewire':
      return `the wire ${edit.id}`;
    case 'design.set':
      return 'the design';
    case 'group.add':
      return `group ${edit.group.id}`;
    case 'connect':
      return `the wire ${edit.connection.id}`;
    default:
      return 'id' in edit ? named(edit.id) : edit.node === undefined ? 'the description' : named(edit.node);
  }
}
