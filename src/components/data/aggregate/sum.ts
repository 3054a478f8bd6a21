/**
 * A running sum that keeps what rounding loses: Neumaier's variant of Kahan's summation (Rundungsfehleranalyse einiger
 * Verfahren zur Summation endlicher Summen, ZAMM 54, 1974). Its error does not grow with the number of terms.
 */
class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const next = this.#sum + term;
    // The smaller of the two is the one whose low digits did not fit.
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - next + term : term - next + this.#sum;
    this.#sum = next;
  }

  holds(term: number): boolean {
    return Number.isFinite(this.#sum + term);
  }

  get total(): number {
    return this.#sum + this.#lost;
  }

  save(): readonly [sum: number, lost: number] {
    return [this.#sum, this.#lost];
  }

  restore([sum, lost]: readonly [sum: number, lost: number]): void {
    [this.#sum, this.#lost] = [sum, lost];
  }
}

/** An exact sum as plain data. */
export interface SavedSum {
  readonly units: readonly number[];
  readonly spilled: string;
  /** Null when all terms were decimals. */
  readonly others: readonly [sum: number, lost: number] | null;
}

const mostDigits = 15;
const powers = Array.from({ length: mostDigits + 1 }, (_, digits) => 10 ** digits);
const bigPowers = powers.map((_, digits) => 10n ** BigInt(mostDigits - digits));

/**
 * A running sum as people do it: terms that are decimals of up to 15 digits after the point are summed as decimals, without any
 * error (0.1 + 0.2 is 0.3); the others, such as 1/3, by compensated summation. The order of the terms does not matter to the first.
 */
export class ExactSum {
  /** Whole sums of terms by their digits after the point, each a safe integer. */
  readonly #units: number[] = new Array(mostDigits + 1).fill(0);
  /** What did not fit into them, in units of the last digit. */
  #spilled = 0n;
  #hasOthers = false;
  readonly #others = new CompensatedSum();

  add(term: number): void {
    for (const [digits, power] of powers.entries()) {
      const units = Math.round(term * power);
      if (!Number.isSafeInteger(units)) break;
      // The double nearest to a decimal is the one that is written as it.
      if (units / power === term) {
        this.#addUnits(units, digits);
        return;
      }
    }
    this.#hasOthers = true;
    this.#others.add(term);
  }

  save(): SavedSum {
    const others = this.#hasOthers ? this.#others.save() : null;
    return { units: [...this.#units], spilled: String(this.#spilled), others };
  }

  restore({ units, spilled, others }: SavedSum): void {
    for (const [digits, each] of units.entries()) this.#units[digits] = each;
    this.#spilled = BigInt(spilled);
    this.#hasOthers = others !== null;
    if (others !== null) this.#others.restore(others);
  }

  /** Whether the sum stays within the numbers a double can hold. */
  holds(term: number): boolean {
    return this.#others.holds(term);
  }

  get total(): number {
    const units = this.#units.reduce((sum, each, digits) => sum + big(each, digits), this.#spilled);
    const text = (units < 0n ? -units : units).toString().padStart(mostDigits + 1, '0');
    const decimal = Number(`${units < 0n ? '-' : ''}${text.slice(0, -mostDigits)}.${text.slice(-mostDigits)}`);
    return this.#hasOthers ? decimal + this.#others.total : decimal;
  }

  #addUnits(units: number, digits: number): void {
    const sum = (this.#units[digits] ?? 0) + units;
    if (Number.isSafeInteger(sum)) this.#units[digits] = sum;
    else this.#spilled += big(units, digits);
  }
}

const big = (units: number, digits: number): bigint => BigInt(units) * (bigPowers[digits] ?? 0n);
