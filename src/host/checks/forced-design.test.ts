import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { prepareCheck, searchDeadlock } from '#contract/check/check.ts';
import { type Catalog, createCatalog } from '#host/catalog.ts';
import { loadComponents } from '#host/plugins.ts';
import { catalog, designOf, randomShape } from '#host/testing/random-designs.ts';
import type { Trace } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText } from '#model/design-text.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import { forceDesign } from './forced-design.ts';

const example = new URL('../../../examples/philosophers/', import.meta.url);
const dining = createCatalog(await loadComponents(fileURLToPath(new URL('components', example)), components));

async function withoutWaiter(...edits: Edit[]): Promise<DesignBody> {
  const read = readDesignText(await readFile(new URL('design.json', example), 'utf8'), dining);
  const applied = read.ok ? applyAll(read.design, [{ do: 'node.delete', id: 'waiter' }, ...edits], dining) : read;
  if (!applied.ok) throw new Error(JSON.stringify(applied));
  return applied.design;
}

function traceOf(design: DesignBody, of: Catalog): Trace | undefined {
  return searchDeadlock(prepareCheck(design, of.component), { maxStates: 20_000, maxMs: 60_000 }).trace;
}

const force = (design: DesignBody, of: Catalog, trace: Trace): Promise<ForcedReport> =>
  forceDesign(systemClock, { catalog: of, design, seed: '1', inputs: [], outputs: [] }, trace);

const waitingOf = ({ waiting }: Trace) =>
  waiting.map(({ node, on }) => `${node}: ${[...new Set(on.map(({ connection }) => connection))].toSorted().join()}`).toSorted();
const realOf = ({ waiting }: ForcedReport) =>
  waiting.map(({ node, connections }) => `${node}: ${connections.toSorted().join()}`).toSorted();

describe('the components along a trace', () => {
  test('[S16] the philosophers without the waiter get stuck in exactly the state of the trace', async () => {
    const design = await withoutWaiter();
    const trace = traceOf(design, dining) as Trace;
    const report = await force(design, dining, trace);
    expect(report).toMatchObject({ reached: true, steps: 5, followed: 5 });
    expect(report.diverged).toBeUndefined();
    expect(realOf(report)).toEqual(waitingOf(trace));
    expect(report.waiting).toHaveLength(10);
  });

  test('[S16] a trace of another design is refused with the place', async () => {
    const design = await withoutWaiter();
    const trace = traceOf(design, dining) as Trace;
    const lessOf = async (edit: Edit) => await withoutWaiter(edit);
    await expect(force(await lessOf({ do: 'disconnect', id: 'kant-left' }), dining, trace)).rejects.toMatchObject({
      code: 'HOST_TRACE_OTHER_DESIGN',
      pointer: expect.stringMatching(/^\/steps\/\d$/),
    });
    const waiting = trace.waiting.map((entry) => ({ ...entry, node: 'nobody' }));
    await expect(force(design, dining, { ...trace, steps: [], waiting })).rejects.toMatchObject({ pointer: '/waiting/0/node' });
  });

  test('[S16] random designs of real components get stuck where their trace says, or tell the step that they do otherwise', async () => {
    const seen = { reached: 0, missed: 0 };
    await fc.assert(
      fc.asyncProperty(randomShape, async (chosen) => {
        const design = designOf(chosen);
        const trace = traceOf(design, catalog);
        if (trace === undefined) return;
        const report = await force(design, catalog, trace);
        seen[report.reached ? 'reached' : 'missed']++;
        if (report.reached) expect(realOf(report)).toEqual(waitingOf(trace));
        else expect(report.diverged?.step).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
    expect(seen.reached).toBeGreaterThan(10);
  }, 240_000);
});
