import { recordingRunning, recordingUnknown } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import { getSession } from './sessions.ts';

export interface RecordingFile {
  readonly sizeBytes: number;
  /** Closes the file at its end, and when it is left. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * The recording of a session that has ended (S17).
 *
 * @throws APP_SESSION_UNKNOWN; APP_RECORDING_UNKNOWN when it was not recorded, or its recording is no longer kept; APP_RECORDING_RUNNING
 * while it is written.
 */
export async function readRecordingOf(work: Work, caller: Caller, sessionId: string): Promise<RecordingFile> {
  const { recording, state } = await getSession(work, caller, sessionId);
  if (recording === 'running') {
    const detail = `The session ${sessionId} is ${state}: its recording can be read when it has ended.`;
    throw recordingRunning({ detail, facts: { sessionId, state } });
  }
  const file = recording === undefined ? undefined : await work.recordings.read(sessionId);
  if (file === undefined) {
    const detail = `There is no recording of the session ${sessionId}: it was not recorded, or its recording is no longer kept.`;
    throw recordingUnknown({ detail, facts: { sessionId } });
  }
  const { size } = await file.stat();
  return { sizeBytes: size, pieces: file.createReadStream() };
}
