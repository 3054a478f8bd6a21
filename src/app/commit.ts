import type { Design } from '#model/design.ts';
import type { Refusal } from '#model/edit.ts';
import type { Ack, CommittedTx, Tx } from '#model/tx.ts';
import { applyAll } from '#model/apply.ts';
import { changeDesign } from './change-design.ts';
import { designUnknown } from './app-errors.ts';
import type { Caller, Work } from './parts.ts';

export type TxDone =
  | { readonly is: 'committed'; readonly ack: Ack; readonly tx: CommittedTx; readonly design: Design }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly rev: number }
  | { readonly is: 'stale'; readonly rev: number; readonly since: readonly CommittedTx[] };

export async function commitTx(work: Work, caller: Caller, id: string, tx: Tx): Promise<TxDone> {
  let rev = 0;
  const done = await changeDesign(work, caller, id, { txId: tx.txId }, (design) => {
    rev = design.rev;
    return applyAll(design, tx.edits, work.catalog);
  });
  if (done.is !== 'committed') return done.is === 'refused' ? { ...done, rev } : { ...done, since: [] };
  const { design, edits, inverse } = done;
  const ack: Ack = { txId: tx.txId, rev: design.rev, outcome: 'applied', edits: [...edits], inverse: [...inverse] };
  return { is: 'committed', ack, design, tx: { rev: design.rev, txId: tx.txId, ...caller, at: design.updatedAt, edits: [...edits] } };
}

export async function editsSince(work: Work, _caller: Caller, id: string, rev: number, limit: number): Promise<CommittedTx[]> {
  if ((await work.designs.get(id)) === undefined) throw designUnknown({ detail: `There is no design ${id}.` });
  return (await work.designs.editsSince(id, rev, limit)).map(({ inverse: _inverse, ...entry }) => ({ ...entry, edits: [...entry.edits] }));
}
