import { type Static, Type } from 'typebox';
import { type Finding, Validation, type Verdict } from './finding.ts';

/** What is kept of the checks of a design. Rules V120… in `docs/spec/check.md`. */

/** A large piece of a finding that was not kept; a new check gives it again. */
export const LeftOut = Type.Object({
  rule: Type.String({ description: 'Of which finding.' }),
  what: Type.Enum(['certificate', 'trace', 'repairs'], {
    description: 'certificate: its data alone, which is null then; its words are kept.',
  }),
  sizeBytes: Type.Integer({ minimum: 0 }),
});
export type LeftOut = Static<typeof LeftOut>;

/** The last validation of a revision, as it is read back. */
export const KeptValidation = Type.Object({
  designId: Type.String(),
  rev: Type.Integer(),
  verdict: Validation.properties.verdict,
  findings: Validation.properties.findings,
  checkedAt: Type.String({ format: 'date-time' }),
  leftOut: Type.Array(LeftOut, { description: 'What was too large to be kept.' }),
  changed: Type.Boolean({
    description:
      'True when a design that this one contains, or a component, is another than the one that was checked: check again. Told of the present revision only.',
  }),
});
export type KeptValidation = Omit<Static<typeof KeptValidation>, 'findings'> & { readonly findings: readonly Finding[] };

/** What is stored of it. */
export interface StoredFindings {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly leftOut: readonly LeftOut[];
}
