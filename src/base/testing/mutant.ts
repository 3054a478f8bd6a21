/** A change of a program's text that makes it wrong, and the tests that must notice. */
export interface Mutant {
  readonly says: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  readonly tests: string;
}
