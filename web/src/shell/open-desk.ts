import type { CheckJob } from '#model/checks/check-job.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Peer } from '#model/presence.ts';
import type { Store } from '../base/store.ts';
import { createLongCheck, type LongCheck } from '../checks/long-check.ts';
import { createPageCheck } from '../checks/page-check.ts';
import { startWorker } from '../checks/start-worker.ts';
import { beginCheck, cancelCheck, contractTexts, getCheck, listChecks, validateDesign } from '../client/client.ts';
import type { Listener, Live } from '../client/live.ts';
import type { Comments } from '../comments/comments.ts';
import { onComment, watchComments } from '../comments/talk.ts';
import type { DesignStore } from '../design/design-state.ts';
import { createDrafts } from '../keeping/drafts.ts';
import { myName } from '../people/my-name.ts';
import { createPeople, type People } from '../people/people.ts';
import { writingTo } from '../people/people-list.tsx';
import { type Checks, watchChecks } from '../problems/checks.ts';
import { inNames } from '../problems/in-names.ts';
import { putBackLabel } from '../problems/put-back.ts';
import { watchRuns } from '../run/run.ts';
import { lookAt } from './actions.ts';
import { type Desk, travel } from './desk.ts';
import type { KeptDesign } from './kept-design.ts';
import { later, openStore } from './open-store.ts';
import { say } from './toasts.ts';
import { createUi, isNarrow, select, type Ui } from './ui.ts';

/** What every design is opened on. */
export interface Ground {
  readonly specs: readonly ComponentSpec[];
  readonly live: Live;
}

interface Opened {
  readonly desk: Desk;
  readonly close: () => void;
}

/** Opens a design with everything that watches it; `close` lets go of all of it. */
export function openDesk({ line, keeper }: KeptDesign, { specs, live }: Ground, go: (id: string) => void): Opened {
  const designId = line.confirmed.id;
  const byKind = new Map(specs.map((spec) => [spec.kind, spec]));
  const kinds: Kinds = { get: (kind) => byKind.get(kind) };
  const store = openStore({ line, keeper }, live, kinds);
  const people = createPeople({ designId, send: live.send, later, said: heardFrom });
  const run = watchRuns(designId, live);
  const ui = createUi(isNarrow());
  const parts = {
    specs,
    kinds,
    live,
    design: store,
    kept: keeper.kept,
    drafts: createDrafts(keeper.keepDrafts.bind(keeper)),
    run,
    ui,
    people,
    go,
  };
  const long = longCheckOf(designId, (job) => {
    if (job.validation !== undefined) checks.take(job.rev, job.validation);
  });
  const checks = checksOf(store, specs, {
    changed: () => {
      long.obsolete();
      // A counterexample of what is drawn no more would mislead.
      ui.set((now) => (now.replay === null ? now : { ...now, replay: null }));
    },
    arose: (findings) => tellProblems(desk, findings),
  });
  const comments = watchComments(designId, store, { me: myName.get, later, desk: () => desk });
  const desk: Desk = { ...parts, checks, long, comments };
  const leaves = [
    live.hear(designId, listening(store, people, comments)),
    live.onReturn(() => catchUp(desk, checks)),
    store.state.subscribe(() => forgetGone(ui, store)),
    // Under another name one comes anew.
    myName.subscribe(store.opened.bind(store)),
  ];
  void run.find().catch(() => undefined);
  void long.find().catch(() => undefined);
  return {
    desk,
    close() {
      store.close();
      for (const leave of leaves) leave();
      checks.close();
      long.close();
      comments.close();
      people.close();
      run.close();
      keeper.close();
    },
  };
}

function listening(store: DesignStore, people: People, comments: Comments): Listener {
  return {
    opened: () => store.opened(),
    lost() {
      store.lost();
      people.lost();
    },
    heard(message) {
      store.heard(message);
      people.heard(message);
      onComment(comments, message);
      if (message.type === 'design.deleted') say('bad', 'Somebody has deleted this design.');
    },
  };
}

// What somebody has deleted is not selected any more: what is chosen next would be chosen together with it.
function forgetGone(ui: Store<Ui>, { state }: DesignStore): void {
  const { nodes, connections } = state.get().shown;
  const { selection } = ui.get();
  const isThere = (id: string) => Object.hasOwn(nodes, id);
  const isWire = (id: string) => Object.hasOwn(connections, id);
  if (selection.nodes.every(isThere) && selection.wires.every(isWire)) return;
  select(ui, { nodes: selection.nodes.filter(isThere), wires: selection.wires.filter(isWire) });
}

function heardFrom(from: Peer, text: string): void {
  say('plain', `${from.name}: ${text}`, { label: 'Reply', run: () => writingTo.set(from.id) });
}

function checksOf(
  store: DesignStore,
  specs: readonly ComponentSpec[],
  told: { changed(): void; arose(findings: readonly Finding[]): void },
): Checks {
  return watchChecks(store, {
    specs,
    page: createPageCheck({ specs, start: startWorker, texts: contractTexts, later }),
    server: () => validateDesign(store.state.get().confirmed.id),
    later,
    ...told,
  });
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
  void desk.run.find().catch(() => undefined);
  checks.ask();
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
