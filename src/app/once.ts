import type { Claimed, KeptAnswer } from '#store/idempotency.ts';
import type { Caller, Work } from './parts.ts';

/** A request that is done once, however often it is sent under its key. */
export interface OnceRequest {
  readonly key: string;
  /** A hash of what is asked, so that a key is not used for something else. */
  readonly fingerprint: string;
}

/** Takes the key of a request, or says what became of it before. */
export async function claimOnce({ keys }: Work, { actor }: Caller, request: OnceRequest): Promise<Claimed> {
  return await keys.claim({ actor, ...request });
}

/** Keeps the answer for those who send the request again. */
export async function keepAnswer(
  { keys }: Work,
  { actor }: Caller,
  request: OnceRequest,
  claim: string,
  answer: KeptAnswer,
): Promise<boolean> {
  return await keys.complete({ actor, ...request }, claim, answer);
}

/** Gives the key back: what was asked was not done, and may be when it is sent again. */
export async function releaseKey({ keys }: Work, { actor }: Caller, request: OnceRequest, claim: string): Promise<void> {
  await keys.release({ actor, ...request }, claim);
}
