/**
 * A running sum that keeps what rounding loses: Neumaier's variant of Kahan's summation (Rundungsfehleranalyse einiger
 * Verfahren zur Summation endlicher Summen, ZAMM 54, 1974). Its error does not grow with the number of terms.
 */
export class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const next = this.#sum + term;
    // The smaller of the two is the one whose low digits did not fit.
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - next + term : term - next + this.#sum;
    this.#sum = next;
  }

  /** Whether the sum stays within the numbers a double can hold. */
  holds(term: number): boolean {
    return Number.isFinite(this.#sum + term);
  }

  get total(): number {
    return this.#sum + this.#lost;
  }
}
