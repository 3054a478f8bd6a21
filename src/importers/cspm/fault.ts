import type { ContractFault, Place } from '#contract/term.ts';

/** Thrown inside the reader and caught at its doors: why a script, or a process of it, means nothing. */
export class ScriptFault extends Error {
  readonly fault: ContractFault;
  constructor(message: string, place?: Place) {
    super(message);
    this.fault = { message, ...(place !== undefined && { place: { line: place.line, column: place.column } }) };
  }
}

/** Thrown where the work allowed is used up: nothing is known then. */
export class OutOfBudget extends Error {}
