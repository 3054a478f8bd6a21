import type { Mutant } from '#base/testing/mutant.ts';

const folder = 'src/contract/certify';
const tests = `${folder}/other`;

/** Of what checks proofs again that are not about deadlock. */
export const certifyOthersMutants: readonly Mutant[] = [
  {
    says: 'an end may be a state that there is not',
    file: `${folder}/nobody-stuck.ts`,
    from: "if (ends.some((end) => end < 0 || end >= reached.size)) throw new Fault('an end is no state');",
    to: '',
    tests,
  },
  {
    says: 'a state need not lead to an end',
    file: `${folder}/nobody-stuck.ts`,
    from: 'if (met.size !== reached.size)',
    to: 'if (met.size > reached.size)',
    tests,
  },
  {
    says: 'an event may be left out for ever',
    file: `${folder}/nobody-stuck.ts`,
    from: 'if (!taken.has(event))',
    to: 'if (taken.size === 0)',
    tests,
  },
  {
    says: 'who is stuck in an end does not matter',
    file: `${folder}/nobody-stuck.ts`,
    from: 'if (plain.isProcess(part) && !plain.isFinal(part, state[part] ?? 0))',
    to: 'if (plain.isProcess(part) && plain.isFinal(part, state[part] ?? 0))',
    tests,
  },
  {
    says: 'a group that stops while another runs is none that is stuck',
    file: `${folder}/nobody-stuck.ts`,
    from: 'stopped > (stops ? 1 : 0)',
    to: 'stopped > 1',
    tests,
  },
  {
    says: 'what happens outside a set may be gone after one way of an event of it',
    file: `${folder}/stubborn-sets.ts`,
    from: "(this.#order === 'first' || this.#meetAgain",
    to: "(this.#order !== 'never' || this.#meetAgain",
    tests,
  },
  {
    says: 'a step may lead to a higher rank',
    file: `${folder}/ranks.ts`,
    from: "if (to > rank) throw new Fault('a step leads to a higher rank');",
    to: 'if (to > rank) continue;',
    tests,
  },
  {
    says: 'who is left out may take part',
    file: `${folder}/ranks.ts`,
    from: 'if (this.#plain.makers(event).includes(who))',
    to: 'if (this.#plain.makers(event).length === 0)',
    tests,
  },
  {
    says: 'who is left out need not be able to go on',
    file: `${folder}/ranks.ts`,
    from: '!this.#plain.isProcess(who) || !this.#canMove(state, who)',
    to: '!this.#plain.isProcess(who)',
    tests,
  },
  {
    says: 'an event on a round is taken out',
    file: `${folder}/no-rounds.ts`,
    from: 'if (rounds.has(event))',
    to: 'if (rounds.size > 1_000)',
    tests,
  },
  {
    says: 'an offer is never taken away',
    file: `${folder}/no-rounds.ts`,
    from: 'if (left.has(by) && targets.some((to) => !plain.offers(part, to).has(event))) return true;',
    to: 'if (left.has(by) && targets.length === 0) return true;',
    tests,
  },
  {
    says: 'a round of two states is none',
    file: `${folder}/rounds.ts`,
    from: 'round[state] = isFirst ? ++number : number',
    to: 'round[state] = ++number + (isFirst ? 0 : 0)',
    tests,
  },
  {
    says: 'what is left when all have ended is not seen',
    file: `${folder}/held.ts`,
    from: "if (plain.hasEnded(state) && heldIn(plain, holders, state) > 0) throw new Fault('something is left",
    to: "if (plain.hasEnded(state) && heldIn(plain, holders, state) > 9) throw new Fault('something is left",
    tests,
  },
  {
    says: 'what a reader lets go of is not looked at again',
    file: `${folder}/held.ts`,
    from: 'leaves >= 0 && leaves === event',
    to: 'leaves >= 9e9 && leaves === event',
    tests,
  },
  {
    says: 'a walk shows that something never happens',
    file: `${folder}/used.ts`,
    from: 'if (isWalked && unused.length > 0)',
    to: 'if (isWalked && unused.length > 99)',
    tests,
  },
];
