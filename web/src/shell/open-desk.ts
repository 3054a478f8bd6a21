import type { CheckJob } from '#model/check-job.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edit.ts';
import type { Finding } from '#model/finding.ts';
import { createLongCheck, type LongCheck } from '../checks/long-check.ts';
import { createPageCheck } from '../checks/page-check.ts';
import { startWorker } from '../checks/start-worker.ts';
import {
  beginCheck,
  cancelCheck,
  commitEdits,
  contractTexts,
  getCheck,
  getDesign,
  listChecks,
  validateDesign,
} from '../client/client.ts';
import type { Live } from '../client/live.ts';
import { type Kept, openDesign } from '../design/design-store.ts';
import { type Checks, watchChecks } from '../problems/checks.ts';
import { inNames } from '../problems/in-names.ts';
import { putBackLabel } from '../problems/put-back.ts';
import { watchRuns } from '../run/run.ts';
import { lookAt } from './actions.ts';
import { type Desk, travel } from './desk.ts';
import { announce, say } from './toasts.ts';
import { createUi, isNarrow } from './ui.ts';

const keptKey = (id: string) => `csp.kept.${id}`;

function readKept(id: string): Kept | undefined {
  try {
    const text = sessionStorage.getItem(keptKey(id));
    return text === null ? undefined : (JSON.parse(text) as Kept);
  } catch {
    return undefined;
  }
}

/** Opens a design with everything that watches it; `close` lets go of all of it. */
export function openDesk(
  design: Design,
  specs: readonly ComponentSpec[],
  live: Live,
  go: (id: string) => void,
): { readonly desk: Desk; readonly close: () => void } {
  const byKind = new Map(specs.map((spec) => [spec.kind, spec]));
  const kinds: Kinds = { get: (kind) => byKind.get(kind) };
  const ownKeys = new Set<string>();
  const store = openDesign(
    design,
    {
      kinds,
      send: (edits, key) => commitEdits(design.id, edits, key),
      fetch: () => getDesign(design.id),
      newId: () => {
        const id = crypto.randomUUID();
        ownKeys.add(id);
        return id;
      },
      later,
      refused: (label, reason, pointer) =>
        say('bad', `Taken back: ${label}. ${reason}${pointer === undefined ? '' : ` (${pointer})`}`),
      keep: (kept) => sessionStorage.setItem(keptKey(design.id), JSON.stringify(kept)),
    },
    readKept(design.id),
  );
  const run = watchRuns(design.id, live);
  const ui = createUi(isNarrow());
  const parts = { specs, kinds, live, design: store, run, ui, go };
  const long = longCheckOf(design.id, (job) => {
    if (job.validation !== undefined) checks.take(job.rev, job.validation);
  });
  const checks: Checks = watchChecks(store, {
    specs,
    page: createPageCheck({ specs, start: startWorker, texts: contractTexts, later }),
    server: () => validateDesign(design.id),
    later,
    changed: () => {
      long.obsolete();
      // A counterexample of what is drawn no more would mislead.
      ui.set((now) => (now.replay === null ? now : { ...now, replay: null }));
    },
    arose: (findings) => tellProblems(desk, findings),
  });
  const desk: Desk = { ...parts, checks, long };
  const leaves = [listen(desk, design.id), live.onReturn(() => catchUp(desk, checks))];
  void run.find().catch(() => undefined);
  void long.find().catch(() => undefined);
  return {
    desk,
    close() {
      for (const leave of leaves) leave();
      checks.close();
      long.close();
      run.close();
      store.close();
    },
  };
}

function later(call: () => void, ms: number): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

function longCheckOf(designId: string, done: (job: CheckJob) => void): LongCheck {
  return createLongCheck({
    begin: (order) => beginCheck(designId, order),
    get: getCheck,
    cancel: cancelCheck,
    list: () => listChecks(designId),
    later,
    done,
  });
}

function catchUp(desk: Desk, checks: Checks): void {
  void desk.design.refresh().catch(() => undefined);
  void desk.run.find().catch(() => undefined);
  checks.ask();
}

function listen(desk: Desk, designId: string): () => void {
  return desk.live.subscribe({ topic: 'design', id: designId }, (message) => {
    if (message.type === 'design.edited') {
      const { confirmed, waiting } = desk.design.state.get();
      if (message.rev > confirmed.rev && waiting.length === 0) announce(`Somebody changed the design: ${wordsOf(message.edits)}`);
      desk.design.receive(message.rev, message.edits);
    }
    if (message.type === 'design.deleted') say('bad', 'Somebody has deleted this design.');
  });
}

function wordsOf(edits: readonly Edit[]): string {
  const [first] = edits;
  return edits.length === 1 && first !== undefined ? first.do.replace('.', ' ') : `${edits.length} edits`;
}

// A problem that was not there before is said at once; after a deletion the way back is offered with it.
function tellProblems(desk: Desk, findings: readonly Finding[]): void {
  const deadlock = findings.find(({ rule }) => rule === 'deadlock');
  const finding = deadlock ?? findings[0];
  const putBack = putBackLabel(desk.design.state.get().undo.at(-1));
  if (finding === undefined || (deadlock === undefined && putBack === undefined)) return;
  const names = inNames(desk.design.state.get().shown, desk.kinds);
  const text = deadlock === undefined ? names.finding(finding) : 'Now it can deadlock';
  if (putBack !== undefined) say('bad', text, { label: putBack, run: () => travel(desk, 'undo') });
  else if (finding.trace === undefined) say('bad', text);
  else say('bad', text, { label: 'Show how', run: () => lookAt(desk, finding) });
}
