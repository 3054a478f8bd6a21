import type { Design } from '#model/design.ts';
import { plainShortened } from '#model/shortened.ts';
import { commitTx, createBranch } from '../client/client.ts';
import type { Aside } from './line.ts';

/** Makes a branch of the revision that changes were made on, and makes them there; answers the branch. Done twice, it is done once a transaction. */
export async function branchOf({ id, name }: Pick<Design, 'id' | 'name'>, { rev, made }: Aside): Promise<string> {
  const branch = await createBranch(id, `${plainShortened(name, 80)}, while away`, rev);
  for (const { txId, label, edits, partly } of made) {
    await commitTx(branch.designId, { txId, label, edits: [...edits], ...(partly === true && { atomic: false }) });
  }
  return branch.designId;
}
