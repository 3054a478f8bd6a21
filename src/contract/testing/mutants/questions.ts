import type { Mutant } from '#base/testing/mutant.ts';

const folder = 'src/contract/check/questions';
const tests = folder;

export const questionMutants: readonly Mutant[] = [
  {
    says: 'a message that is dropped counts as carried',
    file: `${folder}/never-used.ts`,
    from: "new Set(['message', 'put', 'ask'])",
    to: "new Set(['message', 'put', 'ask', 'end'])",
    tests,
  },
  {
    says: 'what a walk has not seen can never be',
    file: `${folder}/never-used.ts`,
    from: 'if (!whole.complete || whole.graph.cut) {',
    to: 'if (!whole.complete) return [answered("refuted", "warning", "never", unseen, "walk")];\n  if (whole.graph.cut) {',
    tests,
  },
  {
    says: 'a walk goes on with an event one of whose parts does not offer it',
    file: 'src/contract/check/walk.ts',
    from: 'if (this.#change(offered, -1) === 0)',
    to: 'if (this.#change(offered, -1) <= 1)',
    tests,
  },
  {
    says: 'messages are left over though not all have ended',
    file: `${folder}/held.ts`,
    from: 'if (!parts.every(({ shape }, part) => part >= processes ||',
    to: 'if (!parts.some(({ shape }, part) => part >= processes ||',
    tests,
  },
  {
    says: 'one level of a buffer is not counted',
    file: 'src/contract/link.ts',
    from: 'Math.min(capacity, greatestCount) + 1;\n  return state',
    to: 'Math.min(capacity, greatestCount);\n  return state',
    tests,
  },
  {
    says: 'the most that is held is that of one connection',
    file: `${folder}/held.ts`,
    from: 'stores.reduce((sum, { connection, part }) => sum + heldBy',
    to: 'stores.reduce((sum, { connection, part }) => 0 * sum + heldBy',
    tests,
  },
  {
    says: 'a field that is asked for need not be sent',
    file: 'src/model/schema-fit.ts',
    from: 'if (!(to.required ?? []).every((name) => from.required?.includes(name))) return false;',
    to: '',
    tests: 'src/model/schema-fit.test.ts',
  },
  {
    says: 'unnamed fields are taken as absent',
    file: 'src/model/schema-fit.ts',
    from: 'if (extra === false) return true;',
    to: 'return true;',
    tests: 'src/model/schema-fit.test.ts',
  },
  {
    says: 'a change is offered that was not proved to help',
    file: 'src/contract/check/repair/repair.ts',
    from: "if (deadlockOf(next, small).verdict !== 'proved') continue;",
    to: 'deadlockOf(next, small);',
    tests: 'src/contract/check/repair',
  },
  {
    says: 'two ends that change places keep their connections',
    file: 'src/contract/check/repair/candidates.ts',
    from: 'changed: joinedBy(question, [...others, ...pair]),',
    to: 'changed: joinedBy({ ...question, nodes: [] }, [...others, ...pair]),',
    tests: 'src/contract/check/repair',
  },
];
