import { AmongServers } from './among-servers.ts';
import { askDeterminism } from './ask-determinism.ts';
import { getBranch, listBranches, makeBranch, mergeBranch } from './branches.ts';
import { beginCheck, cancelCheck, getCheck, listChecks } from './check-jobs.ts';
import { answerThread, deleteComment, editComment, getThread, listThreads, openThread, settleThread } from './comments.ts';
import { commitTx } from './commit.ts';
import { CommitQueue } from './commit-queue.ts';
import { getComponent, listComponents } from './components.ts';
import { contractTexts } from './contract-texts.ts';
import { pauseSession, resumeSession, stopSession } from './control-session.ts';
import { createDesign } from './create-design.ts';
import { exportDesign, importDesign } from './design-as-text.ts';
import { duplicateDesign } from './duplicate-design.ts';
import { editsSince } from './edits-since.ts';
import { getConnection, getGroup, getNode } from './elements.ts';
import { executeDesign } from './execute-design.ts';
import { Feed } from './feed.ts';
import { forceDesign } from './force-design.ts';
import { getDesign } from './get-design.ts';
import { health } from './health.ts';
import { HeldSessions } from './held-sessions.ts';
import { listHistory } from './history.ts';
import { importFile } from './import-file.ts';
import { InTurn } from './in-turn.ts';
import { intervene } from './intervene.ts';
import { getValidation } from './keep-validation.ts';
import { listDesigns } from './list-designs.ts';
import { claimOnce, keepAnswer, releaseKey } from './once.ts';
import type { AppParts, Work } from './parts.ts';
import { profileSession } from './profile-session.ts';
import { readFile } from './read-file.ts';
import { readRecordingOf } from './read-recording.ts';
import { refineDesign } from './refine-design.ts';
import { removeDesign } from './remove-design.ts';
import { replaceDesign } from './replace-design.ts';
import { restoreDesign } from './restore.ts';
import { compareRevisions, getRevision } from './revisions.ts';
import { serviceUsage } from './service-usage.ts';
import { getSession, listSessions, sessionMessages, sessionMetrics, watchSession } from './sessions.ts';
import { swapSession } from './swap-session.ts';
import { nextUndo, undoTx } from './undo.ts';
import { validateBody, validateDesign } from './validate-design.ts';
import { getVersion, keepVersion, listVersions, removeVersion, renameVersion } from './versions.ts';

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
