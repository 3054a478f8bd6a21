import { Buffer } from 'node:buffer';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { LiveMessage } from '#model/live.ts';

/** A message as it goes out: made once, however many are told it. */
export type Frame = Buffer;

export const frameOf = (message: LiveMessage): Frame => Buffer.from(JSON.stringify(message));

/** A frame of edits takes no further transaction beyond this; one transaction alone may be larger. */
const fullFrameCharacters = 512 * 1024;

/** Transactions that follow each other, as `edits` messages: one, or several when they are long. */
export function editsFrames(designId: string, txs: readonly CommittedTx[]): readonly Frame[] {
  const frames: Frame[] = [];
  let texts: string[] = [];
  let from = txs[0]?.rev ?? 0;
  let characters = 0;
  const close = (to: number): void => {
    const head = `{"type":"edits","designId":${JSON.stringify(designId)},"from":${from},"to":${to},"txs":[`;
    frames.push(Buffer.from(`${head}${texts.join(',')}]}`));
    [texts, from, characters] = [[], to + 1, 0];
  };
  for (const tx of txs) {
    const text = JSON.stringify(tx);
    if (texts.length > 0 && characters + text.length > fullFrameCharacters) close(tx.rev - 1);
    texts.push(text);
    characters += text.length;
  }
  const last = txs.at(-1);
  if (last !== undefined) close(last.rev);
  return frames;
}
