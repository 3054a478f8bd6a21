import { unfit } from '#app/editing/commit.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { type AppliedAll, applyAll } from '#model/edits/apply.ts';
import { bodyPointer, difference } from '#model/edits/diff.ts';

/** A design drawn as a body says, by the edits that lead there (E9). The pointer of a refusal is into the body, which has no strays. */
export function drawnAs<D extends DesignBody>(from: D, body: DesignBody, kinds: Kinds): AppliedAll<D> {
  const edits = difference(from, body);
  const fault = unfit(edits);
  const drawn: AppliedAll<D> = fault === undefined ? applyAll(from, edits, kinds) : { ok: false, refusal: fault };
  if (drawn.ok) return drawn;
  return { ok: false, refusal: { ...drawn.refusal, pointer: bodyPointer(edits, drawn.refusal.pointer) } };
}
