import { deadlockWords, type NameOf, stepWords, stuckWords } from '#contract/check/trace.ts';
import type { Finding, Repair, TraceStep } from '#model/checks/finding.ts';
import type { Kinds } from '#model/component.ts';
import { type Connection, type DesignBody, type End, endText } from '#model/design.ts';
import { innerName } from '../design/edits.ts';

/** What the checks say with ids, said with the names that the canvas shows. */
export interface InNames {
  finding(finding: Finding): string;
  step(step: TraceStep): string;
  repair(repair: Repair): string;
}

/** V142  Nodes are called as on the canvas; of two that are called the same each has its id beside its name. */
export function inNames(shown: Pick<DesignBody, 'nodes' | 'connections'>, kinds: Kinds): InNames {
  return new Naming(shown, kinds);
}

class Naming implements InNames {
  readonly #shown: Pick<DesignBody, 'nodes' | 'connections'>;
  readonly #kinds: Kinds;
  readonly #times = new Map<string, number>();

  constructor(shown: Pick<DesignBody, 'nodes' | 'connections'>, kinds: Kinds) {
    this.#shown = shown;
    this.#kinds = kinds;
    for (const id of Object.keys(shown.nodes)) {
      const name = innerName(shown, id, kinds);
      this.#times.set(name, (this.#times.get(name) ?? 0) + 1);
    }
  }

  finding({ rule, verdict, message, trace, nodes }: Finding): string {
    const told = rule === 'deadlock' ? deadlockWords : rule === 'partial-deadlock' ? stuckWords : undefined;
    if (told !== undefined && verdict === 'refuted' && trace !== undefined) return told(trace, this.#nameOf);
    return this.#withNames(message, [...new Set([...nodes, ...(trace?.knot.nodes ?? [])])]);
  }

  step({ is, connection, nodes, text }: TraceStep): string {
    const [self = ''] = nodes;
    if (is === 'alone') return stepWords(is, { sender: '', receiver: '', self: this.#nameOf(self), wire: '', from: '', to: '' });
    const wire = this.#shown.connections[connection ?? ''];
    // Within a part, or at an open port: only the ends have names.
    if (wire === undefined) return this.#withNames(text, nodes);
    const [from, to] = this.#endsOf(wire);
    const [sender, receiver] = [this.#nameOf(wire.from.node), this.#nameOf(wire.to.node)];
    return stepWords(is, { sender, receiver, self: '', wire: 'the wire', from, to });
  }

  repair({ says, edits }: Repair): string {
    return this.#withNames(
      says,
      edits.flatMap((edit) => (edit.do === 'node.delete' ? [edit.id] : [])),
    );
  }

  readonly #nameOf: NameOf = (id) => {
    const name = innerName(this.#shown, id, this.#kinds);
    return Object.hasOwn(this.#shown.nodes, id) && (this.#times.get(name) ?? 0) > 1 ? `${name} (${id})` : name;
  };

  #endsOf({ from, to }: Connection): [string, string] {
    const named = (end: End) =>
      endText(
        { ...end, node: this.#nameOf(end.node) },
        this.#kinds.get(this.#shown.nodes[end.node]?.kind ?? '')?.ports[end.port]?.many === true,
      );
    return [named(from), named(to)];
  }

  /** The ends `node.port` in a text, and of the given nodes those it speaks of once: an id that is also a word of the sentence stays. */
  #withNames(text: string, ids: readonly string[]): string {
    const ends = /(?<![\w/.-])([\w-]+(?:\/[\w/-]+)?)\.(?=[a-z]\w*)/g;
    const isNode = (id: string) => Object.hasOwn(this.#shown.nodes, id.split('/')[0] ?? '');
    const bare = ids.filter((id) => text.split(wholeWord(id)).length === 2);
    const parts = bare.length === 0 ? [text] : text.split(new RegExp(`(${bare.map((id) => wholeWord(id).source).join('|')})`));
    return parts
      .map((part) =>
        bare.includes(part)
          ? this.#nameOf(part)
          : part.replaceAll(ends, (all, id) => (isNode(id) ? `${this.#nameOf(id)}.` : all)),
      )
      .join('');
  }
}

function wholeWord(id: string): RegExp {
  return new RegExp(`(?<![\\w/.-])${id.replaceAll('.', '\\.')}(?![\\w/-]|\\.\\w)`);
}
