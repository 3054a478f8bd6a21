import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usePart } from '../base/store.ts';
import { getDesign } from '../client/client.ts';
import { getBranch, listBranches } from '../client/history-client.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { MergeDialog, type MergeWish } from './merge-dialog.tsx';

/** Where a branch comes from and goes to, and the branches of this design. */
export function Branches() {
  const desk = useDesk();
  const here = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  const name = useShown((shown) => shown.name);
  const [wish, setWish] = useState<MergeWish | null>(null);
  const { data: own } = useQuery({ queryKey: ['branch', here], queryFn: () => ownBranch(here), staleTime: 10_000 });
  const { data: branches } = useQuery({ queryKey: ['branches', here], queryFn: () => listBranches(here), staleTime: 10_000 });
  const items = branches?.items ?? [];
  return (
    <>
      {own !== null && own !== undefined && (
        <section className="history-branch" aria-label="This branch" data-branch-of={own.branch.ofDesign}>
          <p className="small">
            Branch <b>{own.branch.name}</b> of{' '}
            <button type="button" className="link small" onClick={() => desk.go(own.branch.ofDesign)}>
              {own.origin}
            </button>
            , with it at rev {own.branch.ofRev}
          </p>
          <div className="button-row">
            <button
              type="button"
              className="button slim"
              onClick={() => setWish({ into: own.branch.ofDesign, intoName: own.origin, from: here, fromName: name })}
            >
              Merge into {own.origin}…
            </button>
            <button
              type="button"
              className="button slim"
              onClick={() => setWish({ into: here, intoName: name, from: own.branch.ofDesign, fromName: own.origin })}
            >
              Bring up to date…
            </button>
          </div>
        </section>
      )}
      {items.length > 0 && (
        <details className="history-branches">
          <summary className="label">Branches ({items.length})</summary>
          <ul>
            {items.map((branch) => (
              <li key={branch.designId} data-branch={branch.designId}>
                <button type="button" className="link" onClick={() => desk.go(branch.designId)}>
                  {branch.name}
                </button>
                <button
                  type="button"
                  className="button slim"
                  onClick={() => setWish({ into: here, intoName: name, from: branch.designId, fromName: branch.name })}
                >
                  Merge…
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {wish !== null && <MergeDialog wish={wish} close={() => setWish(null)} />}
    </>
  );
}

async function ownBranch(designId: string) {
  const branch = await getBranch(designId);
  return branch === undefined ? null : { branch, origin: (await getDesign(branch.ofDesign)).name };
}
