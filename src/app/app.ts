import { askDeterminism } from './checks/ask-determinism.ts';
import { beginCheck, cancelCheck, getCheck, listChecks } from './checks/check-jobs.ts';
import { contractTexts } from './checks/contract-texts.ts';
import { getValidation } from './checks/keep-validation.ts';
import { refineDesign } from './checks/refine-design.ts';
import { validateBody, validateDesign } from './checks/validate-design.ts';
import { answerThread, deleteComment, editComment, getThread, listThreads, openThread, settleThread } from './comments.ts';
import { getComponent, listComponents } from './components.ts';
import { createDesign } from './designs/create-design.ts';
import { exportDesign, importDesign } from './designs/design-as-text.ts';
import { duplicateDesign } from './designs/duplicate-design.ts';
import { getConnection, getGroup, getNode } from './designs/elements.ts';
import { getDesign } from './designs/get-design.ts';
import { listDesigns } from './designs/list-designs.ts';
import { removeDesign } from './designs/remove-design.ts';
import { replaceDesign } from './designs/replace-design.ts';
import { commitTx } from './editing/commit.ts';
import { CommitQueue } from './editing/commit-queue.ts';
import { editsSince } from './editing/edits-since.ts';
import { nextUndo, undoTx } from './editing/undo.ts';
import { Feed } from './feed.ts';
import { importFile } from './files/import-file.ts';
import { readFile } from './files/read-file.ts';
import { health } from './health.ts';
import { getBranch, listBranches, makeBranch, mergeBranch } from './history/branches.ts';
import { listHistory } from './history/history.ts';
import { restoreDesign } from './history/restore.ts';
import { compareRevisions, getRevision } from './history/revisions.ts';
import { getVersion, keepVersion, listVersions, removeVersion, renameVersion } from './history/versions.ts';
import { InTurn } from './in-turn.ts';
import { claimOnce, keepAnswer, releaseKey } from './once.ts';
import type { AppParts, Work } from './parts.ts';
import { AmongServers } from './sessions/among-servers.ts';
import { pauseSession, resumeSession, stopSession } from './sessions/control-session.ts';
import { executeDesign } from './sessions/execute-design.ts';
import { forceDesign } from './sessions/force-design.ts';
import { HeldSessions } from './sessions/held-sessions.ts';
import { intervene } from './sessions/intervene.ts';
import { profileSession } from './sessions/profile-session.ts';
import { readRecordingOf } from './sessions/read-recording.ts';
import { serviceUsage } from './sessions/service-usage.ts';
import { getSession, listSessions, sessionMessages, sessionMetrics, watchSession } from './sessions/sessions.ts';
import { swapSession } from './sessions/swap-session.ts';

/** Everything that can be asked of the product; what the doors are handed. The first argument of most is who asks. */
export type App = ReturnType<typeof createApp>;

function binder(work: Work) {
  return <A extends unknown[], R>(useCase: (work: Work, ...asked: A) => R) =>
    (...asked: A): R =>
      useCase(work, ...asked);
}

function checksOf(bind: ReturnType<typeof binder>) {
  return {
    validateDesign: bind(validateDesign),
    validateBody: bind(validateBody),
    getValidation: bind(getValidation),
    refineDesign: bind(refineDesign),
    askDeterminism: bind(askDeterminism),
    beginCheck: bind(beginCheck),
    getCheck: bind(getCheck),
    listChecks: bind(listChecks),
    cancelCheck: bind(cancelCheck),
    contractTexts: bind(contractTexts),
    forceDesign: bind(forceDesign),
  };
}

function commentsOf(bind: ReturnType<typeof binder>) {
  return {
    listThreads: bind(listThreads),
    getThread: bind(getThread),
    openThread: bind(openThread),
    answerThread: bind(answerThread),
    editComment: bind(editComment),
    deleteComment: bind(deleteComment),
    settleThread: bind(settleThread),
  };
}

function historyOf(bind: ReturnType<typeof binder>) {
  return {
    listHistory: bind(listHistory),
    getRevision: bind(getRevision),
    compareRevisions: bind(compareRevisions),
    restoreDesign: bind(restoreDesign),
    undoTx: bind(undoTx),
    nextUndo: bind(nextUndo),
    keepVersion: bind(keepVersion),
    listVersions: bind(listVersions),
    getVersion: bind(getVersion),
    renameVersion: bind(renameVersion),
    removeVersion: bind(removeVersion),
    makeBranch: bind(makeBranch),
    listBranches: bind(listBranches),
    getBranch: bind(getBranch),
    mergeBranch: bind(mergeBranch),
  };
}

/** Binds the use cases to what they work with. */
export function createApp(parts: AppParts) {
  const feed = new Feed(parts.report);
  const commits = new CommitQueue(parts.designs, feed);
  const work: Work = { ...parts, feed, held: new HeldSessions(), swaps: new InTurn(), talks: new InTurn(), commits };
  const bind = binder(work);
  const among = new AmongServers(work);
  return {
    /** What happens, for those who want to be told. */
    feed: work.feed,
    health: bind(health),
    listDesigns: bind(listDesigns),
    createDesign: bind(createDesign),
    getDesign: bind(getDesign),
    replaceDesign: bind(replaceDesign),
    commitTx: bind(commitTx),
    editsSince: bind(editsSince),
    getNode: bind(getNode),
    getConnection: bind(getConnection),
    getGroup: bind(getGroup),
    removeDesign: bind(removeDesign),
    duplicateDesign: bind(duplicateDesign),
    exportDesign: bind(exportDesign),
    importDesign: bind(importDesign),
    importFile: bind(importFile),
    ...historyOf(bind),
    ...commentsOf(bind),
    ...checksOf(bind),
    executeDesign: bind(executeDesign),
    listSessions: bind(listSessions),
    getSession: bind(getSession),
    readRecordingOf: bind(readRecordingOf),
    pauseSession: bind(pauseSession),
    resumeSession: bind(resumeSession),
    stopSession: bind(stopSession),
    swapSession: bind(swapSession),
    intervene: bind(intervene),
    sessionMetrics: bind(sessionMetrics),
    sessionMessages: bind(sessionMessages),
    profileSession: bind(profileSession),
    watchSession: bind(watchSession),
    listComponents: bind(listComponents),
    getComponent: bind(getComponent),
    readFile: bind(readFile),
    serviceUsage: bind(serviceUsage),
    claimOnce: bind(claimOnce),
    keepAnswer: bind(keepAnswer),
    releaseKey: bind(releaseKey),
    /** Takes its place among the servers of the database, and looks after what those left running that are gone. */
    join: () => among.join(),
    /** Stops every session and waits until that is recorded; before the store is closed. */
    close: async () => {
      await work.held.close();
      await among.leave();
    },
  };
}
