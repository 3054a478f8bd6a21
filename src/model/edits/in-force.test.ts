import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesignBody } from '#model/design.ts';
import { anyDesign, anyEdit, testKinds } from '#model/testing.ts';
import { applySome } from './apply.ts';
import { difference } from './diff.ts';
import type { Edit } from './edit.ts';
import { inForce, type Step } from './in-force.ts';
import { undoEdits } from './undo.ts';

/** A log as the server keeps it: what is committed, and what takes a line of it back. */
class Log {
  design: DesignBody;
  readonly lines: Step[] = [];

  constructor(start: DesignBody) {
    this.design = start;
  }

  commit(edits: readonly Edit[], undoOf?: string): string {
    const done = applySome(this.design, edits, testKinds);
    this.design = done.design;
    const txId = String(this.lines.length);
    this.lines.push({ txId, undoOf, edits: done.edits, inverse: done.inverse });
    return txId;
  }

  undo(txId: string): string {
    const at = this.lines.findIndex((line) => line.txId === txId);
    const { edits } = undoEdits(this.lines[at]?.inverse ?? [], inForce(this.lines.slice(at + 1), Number.POSITIVE_INFINITY) ?? []);
    return this.commit(
      edits.map(({ edit }) => edit),
      txId,
    );
  }
}

const steps = fc.array(fc.array(anyEdit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });

describe('[E28] what is in force of a log', () => {
  it('[E28] all steps undone one by one give the design of before, and all redone the one of after', () => {
    fc.assert(
      fc.property(anyDesign, steps, (start, all) => {
        const log = new Log(start);
        const done = all.map((edits) => log.commit(edits));
        const end = log.design;
        const undone = done.toReversed().map((txId) => log.undo(txId));
        expect(difference(start, log.design)).toEqual([]);
        const redone = undone.toReversed().map((txId) => log.undo(txId));
        expect(difference(end, log.design)).toEqual([]);
        for (const txId of redone.toReversed()) log.undo(txId);
        expect(difference(start, log.design)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('[E28] what somebody else did in between stays, as it was done', () => {
    const set = (id: string, settings: Record<string, unknown>): Edit => ({ do: 'node.set', id, settings });
    const log = new Log(
      applySome(
        { name: 'd', description: '', nodes: {}, connections: {}, canvas: { positions: {} } },
        [{ do: 'node.add', node: { id: 'a', kind: 'test.pass', settings: { note: 'one two' } } }],
        testKinds,
      ).design,
    );
    const first = log.commit([set('a', { size: 1 })]);
    const typed = log.commit([{ do: 'text.edit', node: 'a', name: 'note', change: ['zero '] }]);
    log.commit([{ do: 'text.edit', node: 'a', name: 'note', change: [12, ' three'] }]);
    const second = log.commit([set('a', { size: 2 })]);
    for (const txId of [second, typed, first]) log.undo(txId);
    expect(log.design.nodes['a']?.settings).toEqual({ note: 'one two three' });
    expect(inForce(log.lines, Number.POSITIVE_INFINITY)?.flat()).toEqual([
      { do: 'text.edit', node: 'a', name: 'note', change: [7, ' three'] },
    ]);
  });
});
