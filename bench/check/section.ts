/** A part of the figures of the checker, which can be asked for by its name. */
export interface Section {
  readonly name: string;
  /** Measures and prints. */
  run(): Promise<void>;
}
