import type { Session } from '#model/session.ts';
import type { Work } from './parts.ts';

/** A session, with how its recording is when there is one. */
export function withRecording({ recordings }: Pick<Work, 'recordings'>, session: Session): Session {
  const recording = recordings.state(session.id);
  return recording === undefined ? session : { ...session, recording };
}
