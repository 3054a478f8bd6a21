/** What can be switched on in a run. A further switch is a further field, heard in `side.ts` where the network is wired. */
export interface Switches {
  /** Every communication of every node is held against its contract (K12). */
  readonly monitor: boolean;
  /** What enters the run is written to a file (S14). */
  readonly record: boolean;
}

export interface Question {
  /** Position among the works of bench/flow. */
  readonly work: number;
  readonly switches: Switches;
}

export const settings: Readonly<Record<string, Switches>> = {
  'as it runs': { monitor: false, record: false },
  monitor: { monitor: true, record: false },
  recording: { monitor: false, record: true },
  both: { monitor: true, record: true },
};
