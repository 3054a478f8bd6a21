import type { Mutant } from '#base/testing/mutant.ts';

const tests = 'src/importers/cspm';
const steps = 'src/importers/cspm/steps.ts';
const leaves = 'src/importers/cspm/leaves.ts';

/** Ways to make the reader of CSPm scripts wrong. */
export const cspmMutants: readonly Mutant[] = [
  {
    says: 'a side that has ended keeps the other from going on',
    file: steps,
    from: 'if (label === tick) return side === processes.skip ? [] : [{ label: decides, to: join(processes.skip) }];\n        return sync',
    to: 'if (label === tick) return side === processes.skip ? [] : [{ label: decides, to: processes.stop }];\n        return sync',
    tests,
  },
  {
    says: 'an event that both must make is also made by one alone',
    file: steps,
    from: 'return sync.events.has(label) ? [] : [{ label, to: join(to) }];',
    to: 'return [{ label, to: join(to) }];',
    tests,
  },
  {
    says: 'an own decision takes an external choice',
    file: steps,
    from: 'to: label === decides ? join(to) : to',
    to: 'to: label === decides ? to : to',
    tests,
  },
  {
    says: 'an interrupt is forgotten with the first event',
    file: steps,
    from: 'label === tick ? { label, to } : { label, to: processes.interrupt(to, process.right) },',
    to: '{ label, to },',
    tests,
  },
  {
    says: 'an event of a rule is made by the first of two parts alone',
    file: leaves,
    from: 'return { by: [...a.by, ...b.by], event: a.event',
    to: 'return { by: [...a.by], event: a.event',
    tests,
  },
  {
    says: 'hiding does not reach into the parts',
    file: leaves,
    from: 'process.events.events.has(rule.event) ? { ...rule, event: decides, was: rule.event } : rule,',
    to: 'rule,',
    tests,
  },
  {
    says: 'of two new names of an event only the first is taken',
    file: leaves,
    from: '?.map((event) => ({',
    to: '?.slice(0, 1).map((event) => ({',
    tests,
  },
  {
    says: 'an event that one side never makes is made by the other alone',
    file: leaves,
    from: 'if (theirs.length === 0) return ours.map((rule) => ({ refusedBy: theirLeaf, ...rule }));',
    to: 'if (theirs.length === 0) return ours;',
    tests,
  },
  {
    says: 'a part that may go on by itself for ever is made smaller as if it could not',
    file: leaves,
    from: 'decidesForEver(whole) === undefined ? reduce(whole) : whole',
    to: 'decidesForEver(whole) === undefined ? reduce(whole) : reduce({ ...whole, moves: whole.moves.map((list, state) => list.filter(({ label, to }) => label !== tau || to !== state)) })',
    tests,
  },
  {
    says: '`;` binds looser than `[]`',
    file: 'src/importers/cspm/parse-expr.ts',
    from: "';': 8,",
    to: "';': 3.5,",
    tests,
  },
];
