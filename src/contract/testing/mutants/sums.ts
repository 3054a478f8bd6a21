import type { Mutant } from '#base/testing/mutant.ts';

const pairs = 'src/contract/check/pairs';
const certify = 'src/contract/certify';
const sumsTests = `${pairs}/sums.test.ts`;
const conservedTests = `${certify}/conserved.test.ts`;

/** Ways to make conserved sums wrong, where they are found, used and checked again. */
export const sumsMutants: readonly Mutant[] = [
  {
    says: 'what an event takes from one part it need not give to another',
    file: `${pairs}/dependencies.ts`,
    from: 'if (sum === 0) map.delete(at);',
    to: 'if (sum <= 0) map.delete(at);',
    tests: sumsTests,
  },
  {
    says: 'an event may count differently from state to state',
    file: `${pairs}/weights.ts`,
    from: 'if (entries.length === 0 || met.has(key)) continue;',
    to: 'if (entries.length < 2 || met.has(key)) continue;',
    tests: sumsTests,
  },
  {
    says: 'a way to a state is counted without its last event',
    file: `${pairs}/weights.ts`,
    from: 'paths.set(to, withOneMore(path, labels[move] ?? 0));',
    to: 'paths.set(to, path);',
    tests: sumsTests,
  },
  {
    says: 'a state is taken out though it adds up exactly',
    file: `${pairs}/domains.ts`,
    from: 'if (weight - least > over || most - weight > under)',
    to: 'if (weight - least >= over || most - weight > under)',
    tests: sumsTests,
  },
  {
    says: 'that there is too little is not noticed',
    file: `${pairs}/domains.ts`,
    from: 'if (most - least <= Math.min(over, under)) continue;',
    to: 'if (most - least <= over) continue;',
    tests: sumsTests,
  },
  {
    says: 'the first sum is meant whichever a step names',
    file: `${pairs}/elimination.ts`,
    from: 'return { ...step, sum: places.indexOf(step.sum) };',
    to: 'return { ...step, sum: 0 };',
    tests: sumsTests,
  },
  {
    says: 'the absence of tokens is counted, and not they',
    file: `${pairs}/sums.ts`,
    from: 'down.total < up.total ? down : up',
    to: 'down.total < up.total ? up : down',
    tests: sumsTests,
  },
  {
    says: 'the checker believes the total',
    file: `${certify}/conserved.ts`,
    from: 'if (sum !== this.total)',
    to: 'if (sum > this.total + largest)',
    tests: conservedTests,
  },
  {
    says: 'the checker lets an event add to a sum',
    file: `${certify}/conserved.ts`,
    from: 'if (least !== 0 || most !== 0)',
    to: 'if (least < 0)',
    tests: conservedTests,
  },
  {
    says: 'the checker looks at one way only to make an event',
    file: `${certify}/conserved.ts`,
    from: 'found.set(event, { least: Math.min(least, more), most: Math.max(most, more) });',
    to: 'found.set(event, { least: most, most: least });',
    tests: conservedTests,
  },
  {
    says: 'the checker takes what just fits for too much',
    file: `${certify}/conserved.ts`,
    from: 'return least <= this.total && this.total <= most;',
    to: 'return least < this.total && this.total <= most;',
    tests: conservedTests,
  },
];
