import type { Connection, DesignBody, End } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { keyOf, keyOfEdit, touchedBy } from '#model/edits/touched.ts';
import type { LogEntry } from '#store/designs/design-log.ts';

/**
 * E17  A refusal that says who stands in the way: the transaction that came between and deleted, took or replaced what the edit is
 * about. As it was given when nobody did.
 *
 * @param refusal its pointer is into the edit.
 * @param since what was committed after the revision the edit was made on, oldest first.
 */
export function inTheWay(refusal: Refusal, edit: Edit | undefined, design: DesignBody, since: readonly LogEntry[]): Refusal {
  if (edit === undefined || since.length === 0) return refusal;
  const way = wayOf(refusal, edit, design);
  if (way === undefined) return refusal;
  const entry = since.findLast((line) => touchedBy(line.edits, line.inverse).has(way.key));
  if (entry === undefined) return refusal;
  const { rev, txId, actor } = entry;
  return { ...refusal, message: way.says(actor, entry), since: { rev, txId, actor } };
}

interface Way {
  readonly key: ReturnType<typeof keyOf> | 'design';
  readonly says: (actor: string, entry: LogEntry) => string;
}

function wayOf({ code, pointer, message }: Refusal, edit: Edit, design: DesignBody): Way | undefined {
  const named = valueAt(edit, pointer);
  switch (code) {
    case 'UNKNOWN_NODE':
      return gone('node', named, (entry) => labelOf(String(named), entry));
    case 'UNKNOWN_CONNECTION':
      return gone('connection', named, () => `connection ${named}`);
    case 'UNKNOWN_GROUP':
      return gone('group', named, () => `group ${named}`);
    case 'PORT_TAKEN': {
      const holder = holderOf(design, pointer.includes('/from') ? 'from' : 'to', named as End | undefined);
      if (holder === undefined) return undefined;
      const { node, port } = named as End;
      return {
        key: keyOf('connection', holder.id),
        says: (actor) =>
          `${node}.${port} was taken by ${actor} with connection ${holder.id}; choose another port, or delete that one`,
      };
    }
    case 'ID_TAKEN':
    case 'REPLACED':
    case 'TEXT_MISMATCH':
    case 'UNKNOWN_ITEM':
    case 'GROUP_CYCLE':
    case 'PORTS_INCOMPATIBLE':
    case 'UNKNOWN_PORT':
      return { key: keyOfEdit(edit), says: (actor) => `${message}, by ${actor}` };
    default:
      return undefined;
  }
}

function gone(kind: 'node' | 'connection' | 'group', id: unknown, name: (entry: LogEntry) => string): Way | undefined {
  if (typeof id !== 'string') return undefined;
  return {
    key: keyOf(kind, id),
    says: (actor, entry) => `${name(entry)} was deleted by ${actor}; restore it, or leave this out`,
  };
}

// What takes the deletion back knows what the node was called.
function labelOf(id: string, { inverse }: LogEntry): string {
  const back = inverse.find((edit) => edit.do === 'node.add' && edit.node.id === id);
  const label = back?.do === 'node.add' ? back.node.label : undefined;
  return label === undefined || label === '' ? id : label;
}

function holderOf({ connections }: DesignBody, side: 'from' | 'to', end: End | undefined): Connection | undefined {
  if (end === undefined) return undefined;
  const { node, port, index = 0 } = end;
  return Object.values(connections).find((it) => it[side].node === node && it[side].port === port && it[side].index === index);
}

/** What a JSON Pointer without escapes leads to. */
function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const step of pointer.split('/').slice(1)) at = (at as Record<string, unknown> | undefined)?.[step];
  return at;
}
