import type { VerifiedLog } from '#app/editing/verify-log.ts';
import { UsageFault } from './usage-fault.ts';

/** Which log: of one design or all, in which database. */
export interface VerifyLogOptions {
  readonly design?: string;
  readonly data?: string;
}

interface VerifyCall {
  readonly words: readonly string[];
  readonly text: (name: string) => string | undefined;
  readonly world: {
    readonly out: (text: string) => void;
    readonly verifyLog: (options: VerifyLogOptions) => AsyncIterable<VerifiedLog>;
  };
}

/** R12  `csp verify-log`: a line for each design that is as its log says, and what differs of the others. */
export async function verifyLog({ words, text, world }: VerifyCall): Promise<number> {
  const [word] = words;
  if (word !== undefined) throw new UsageFault(`verify-log takes no file; what is ${word}?`);
  const [design, data] = [text('design'), text('data')];
  if (design !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(design))
    throw new UsageFault(`--design is the id of a design, not ${design}`);
  let [designs, broken] = [0, 0];
  const wanted = { ...(design !== undefined && { design }), ...(data !== undefined && { data }) };
  for await (const { designId, name, rev, compared, faults } of world.verifyLog(wanted)) {
    designs++;
    if (faults.length > 0) broken++;
    const verdict = faults.length === 0 ? `as its log says (${compared} compared)` : 'NOT as its log says';
    world.out(`${designId} ${JSON.stringify(name)} at revision ${rev}: ${verdict}\n`);
    for (const fault of faults) world.out(`  ${fault}\n`);
  }
  const one = designs === 1;
  world.out(
    broken === 0 ? `${designs} ${one ? 'design is' : 'designs are'} as the log says\n` : `${broken} of ${designs} differ\n`,
  );
  return broken === 0 ? 0 : 1;
}
