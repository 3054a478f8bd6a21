import { useState } from 'react';
import { usePart } from '../base/store.ts';
import { reasonOf } from '../client/problem.ts';
import { useDesk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { branchOf } from './branch-of.ts';

/** E37  Changes made while away for long that do not all fit: kept, until the person says what becomes of them. */
export function AsideBar() {
  const desk = useDesk();
  const aside = usePart(desk.design.state, (state) => state.aside);
  const [busy, setBusy] = useState(false);
  if (aside === undefined) return null;
  const branch = async () => {
    setBusy(true);
    try {
      const id = await branchOf(desk.design.state.get().confirmed, aside);
      desk.design.settleAside('forget');
      say('good', `Your ${aside.made.length} changes are on a branch.`, { label: 'Open', run: () => desk.go(id) });
    } catch (error) {
      say('bad', `No branch was made, your changes are kept: ${reasonOf(error)}`);
    }
    setBusy(false);
  };
  return (
    <div className="banner aside-bar" role="status">
      <span>
        <b>{aside.made.length} changes</b> you made while away do not all fit what others did since.
      </span>
      <button type="button" className="button slim" disabled={busy} onClick={() => void branch()}>
        Put them on a branch
      </button>
      <button type="button" className="button slim" disabled={busy} onClick={() => desk.design.settleAside('send')}>
        Send what fits
      </button>
      <button type="button" className="button slim" disabled={busy} onClick={() => desk.design.settleAside('forget')}>
        Forget them
      </button>
    </div>
  );
}
