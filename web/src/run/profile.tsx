import { useEffect, useState } from 'react';
import type { NodeShare, Profile } from '#model/sessions/profile.ts';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import { profileExecution } from '../client/client.ts';
import { reasonOf } from '../client/problem.ts';
import { nameOf } from '../design/edits.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { select } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';

const seconds = 5;
/** Nodes shown; those that took least are left out. */
const mostShown = 8;

/** Who spends the processor in a session: asked for, then shown until the next. */
export function ProfilePart({ session }: { readonly session: Session }) {
  const [profile, setProfile] = useState<Profile>();
  const [looking, setLooking] = useState(false);
  const look = async () => {
    setLooking(true);
    try {
      setProfile(await profileExecution(session.id, seconds));
    } catch (thrown) {
      say('bad', `Cannot profile: ${reasonOf(thrown)}`);
    }
    setLooking(false);
  };
  if (profile === undefined && hasEnded(session.state)) return null;
  return (
    <section className="profile" aria-label="Profile">
      <div className="profile-head">
        {!hasEnded(session.state) && (
          <button type="button" className="button slim" disabled={looking} onClick={() => void look()}>
            {looking ? `Looking for ${seconds} s…` : `Profile ${seconds} s`}
          </button>
        )}
        {profile !== undefined && <Download profile={profile} />}
      </div>
      {profile !== undefined && <Shares profile={profile} />}
    </section>
  );
}

function Shares({ profile }: { readonly profile: Profile }) {
  const { nodes, tookMs, elsewhere, idleMs, otherSessions } = profile;
  const percent = (ms: number) => `${Math.round((100 * ms) / tookMs)} %`;
  return (
    <>
      <table className="profile-table">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Mostly in</th>
            <th scope="col" className="number">
              CPU
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.slice(0, mostShown).map((share) => (
            <tr key={share.node}>
              <NodeCells share={share} />
              <td className="number">{percent(share.cpuMs)}</td>
            </tr>
          ))}
          <tr className="quiet">
            <td>Elsewhere</td>
            <td>{elsewhere.functions[0]?.name}</td>
            <td className="number">{percent(elsewhere.selfMs)}</td>
          </tr>
          <tr className="quiet">
            <td colSpan={2}>Idle</td>
            <td className="number">{percent(idleMs)}</td>
          </tr>
        </tbody>
      </table>
      {otherSessions > 0 && (
        <p className="small quiet">
          {otherSessions === 1 ? 'Another session shares' : `${otherSessions} other sessions share`} the thread: functions and
          idle time are of all of them.
        </p>
      )}
    </>
  );
}

function NodeCells({ share }: { readonly share: NodeShare }) {
  const desk = useDesk();
  const node = useShown((shown) => shown.nodes[share.node]);
  const [hot] = share.functions;
  return (
    <>
      <td>
        <button type="button" className="link" onClick={() => select(desk.ui, { nodes: [share.node] })}>
          {node === undefined ? share.node : nameOf(node, desk.kinds)}
        </button>
      </td>
      <td className="profile-function" title={hot?.at}>
        {hot?.name}
      </td>
    </>
  );
}

// The file is made here, of what was answered; developer tools open it.
function Download({ profile }: { readonly profile: Profile }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([JSON.stringify(profile.cpuprofile)], { type: 'application/json' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [profile]);
  return (
    <a
      className="link small"
      href={url}
      download={`session-${profile.sessionId.slice(0, 8)}.cpuprofile`}
      title="For developer tools"
    >
      <Icon name="download" size={12} /> .cpuprofile
    </a>
  );
}
