import type { Mutant } from '#base/testing/mutant.ts';

const commitTests = 'src/app/commit.test.ts';
const storeTests = 'src/store/contract.test.ts';

/** What would lose, double or dangle what is committed. */
export const commitMutants: readonly Mutant[] = [
  {
    says: 'a transaction is not carried over what others did since',
    file: 'src/app/commit.ts',
    from: 'over.length === 0 ? { edits: asked, left: [] }',
    to: 'over.length >= 0 ? { edits: asked, left: [] }',
    tests: commitTests,
  },
  {
    says: 'exact is taken for rebase',
    file: 'src/app/commit.ts',
    from: "if (tx.mode === 'exact') {",
    to: 'if (tx.mode !== tx.mode) {',
    tests: commitTests,
  },
  {
    says: 'what cannot be done is left out without being asked to',
    file: 'src/app/commit.ts',
    from: '(tx.atomic !== false || some.edits.length === 0)',
    to: 'some.edits.length === 0',
    tests: commitTests,
  },
  {
    says: 'an element is as good as unchanged for ever',
    file: 'src/app/commit.ts',
    from: 'now !== undefined && (now > rev || rev > held.design.rev)',
    to: 'now !== undefined && rev > held.design.rev',
    tests: commitTests,
  },
  {
    says: 'a revision from the future is taken for the present one',
    file: 'src/app/commit.ts',
    from: 'if (baseRev < 1 || baseRev > design.rev)',
    to: 'if (baseRev < 1)',
    tests: commitTests,
  },
  {
    says: 'the policy is asked and not heeded',
    file: 'src/app/commit.ts',
    from: 'if (refusal === undefined) allowed.push(one);',
    to: 'if (refusal !== null) allowed.push(one);',
    tests: commitTests,
  },
  {
    says: 'what no database keeps reaches it',
    file: 'src/app/commit.ts',
    from: 'unstorable(edit) ?? malformed(edit)',
    to: 'malformed(edit)',
    tests: commitTests,
  },
  {
    says: 'the log does not say which connections went with a kind',
    file: 'src/app/explicit-kinds.ts',
    from: "if (!edits.some((edit) => edit.do === 'node.kind')) return edits;",
    to: 'if (edits.length > 0) return edits;',
    tests: commitTests,
  },
  {
    says: 'what is committed is told to nobody',
    file: 'src/app/commit-queue.ts',
    from: '        this.#tell(designId, answers ?? []);\n',
    to: '',
    tests: commitTests,
  },
  {
    says: 'a refusal names the first who touched it, not the last',
    file: 'src/app/in-the-way.ts',
    from: 'since.findLast(',
    to: 'since.find(',
    tests: commitTests,
  },
  {
    says: 'a server believes what it remembers',
    file: 'src/store/held-design.ts',
    from: 'if (behind === 0) return',
    to: 'if (behind >= 0) return',
    tests: storeTests,
  },
  {
    says: 'a transaction sent again is done again',
    file: 'src/store/held-design.ts',
    from: 'locked.known.length === 0 ? [] : await readTxs(tx, id, txIds)',
    to: 'await readTxs(tx, id, [])',
    tests: storeTests,
  },
  {
    says: 'a transaction that another server commits while this one waits is done again',
    file: 'src/store/held-design.ts',
    from: 'known: [...known, ...meanwhile]',
    to: 'known',
    tests: 'src/store/server.test.ts',
  },
  {
    says: 'nobody waits for the one who holds the design',
    file: 'src/store/held-design.ts',
    from: "    .where('deleted_at', 'is', null)\n    .forUpdate();",
    to: "    .where('deleted_at', 'is', null);",
    tests: 'src/store/server.test.ts',
  },
  {
    says: 'one that the database refuses takes the others of its group with it',
    file: 'src/store/designs.ts',
    from: "if (wishes.length === 1 || (thrown as CodedError).blame === 'world') throw thrown;",
    to: 'if (wishes.length > 0) throw thrown;',
    tests: storeTests,
  },
  {
    says: 'all elements of a group have the revision of its last line',
    file: 'src/store/held-design.ts',
    from: '    for (const key of touchedBy(entry.edits, entry.inverse)) this.#revs.set(key, entry.rev);\n',
    to: '',
    tests: storeTests,
  },
  {
    says: 'no whole state is kept',
    file: 'src/store/held-design.ts',
    from: 'if (entry.rev % snapshotEvery === 0)',
    to: 'if (entry.rev < 0)',
    tests: storeTests,
  },
];
