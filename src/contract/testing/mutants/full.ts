import type { Mutant } from '#base/testing/mutant.ts';

const folder = 'src/contract/check/full';
const tests = folder;

export const fullMutants: readonly Mutant[] = [
  {
    says: 'an event happens though one of its parts never makes it',
    file: `${folder}/successors.ts`,
    from: 'parts.length === 0 || places.length < parts.length',
    to: 'parts.length === 0 || places.length === 0',
    tests,
  },
  {
    says: 'where a part that is tested comes from does not matter',
    file: `${folder}/successors.ts`,
    from: 'value: value | (from << shift)',
    to: 'value',
    tests,
  },
  {
    says: 'a part that is looked up keeps what it was',
    file: `${folder}/successors.ts`,
    from: 'const64(~mask)',
    to: 'const64(-1n)',
    tests,
  },
  {
    says: 'an event that is looked up never happens',
    file: `${folder}/successors.ts`,
    from: '.load32(table + 4)\n      .set(end)',
    to: '.load32(table)\n      .set(end)',
    tests,
  },
  {
    says: 'a part with one way at most is taken along where it has none',
    file: `${folder}/successors.ts`,
    from: '.do(op.eq)\n          .nextIf(0)',
    to: '.do(op.eq)\n          .do(0x1a)',
    tests,
  },
  {
    says: 'two states whose hashes look alike are the same',
    file: `${folder}/search-code.ts`,
    from: 'this.#differ(held, entry);',
    to: 'code.const32(0);',
    tests,
  },
  {
    says: 'a state is taken for one met of late without being compared',
    file: `${folder}/search-code.ts`,
    from: 'this.#differ(source, entry);',
    to: 'code.get(source).load64().do(op.eqz64);',
    tests,
  },
  {
    says: 'states are not moved when the table grows',
    file: `${folder}/state-space.ts`,
    from: 'copyWithin(newStates / 4, from, from + words)',
    to: 'copyWithin(newStates / 4, from, from)',
    tests,
  },
  {
    says: 'the way to a state is looked for one call too late',
    file: `${folder}/state-space.ts`,
    from: 'this.#followed[call - 1]',
    to: 'this.#followed[call]',
    tests,
  },
  {
    says: 'a local state that reaches into the upper half of a word is read in part',
    file: `${folder}/layout.ts`,
    from: 'by + bits > 32 ?',
    to: 'by + bits > 64 ?',
    tests,
  },
  {
    says: 'a search that is out of states has proved something',
    file: `${folder}/sweep.ts`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is text of a program
    from: 'return { space, why: `stopped after ${count(maxStates)} states` };',
    to: 'return { space };',
    tests,
  },
  {
    says: 'links must have ended too',
    file: `${folder}/full.ts`,
    from: 'part < processes',
    to: 'part < parts.length',
    tests,
  },
  {
    says: 'a proof rests on a shape that says less than the truth',
    file: `${folder}/full.ts`,
    from: 'if (judge.meetsCut(space))',
    to: 'if (judge.meetsCut(space) && why !== undefined)',
    tests,
  },
  {
    says: 'a state without a successor is a deadlock though its shape says less than the truth',
    file: `${folder}/full.ts`,
    from: '!this.#hasEnded(vector) && !this.#isCut(vector)',
    to: '!this.#hasEnded(vector)',
    tests,
  },
];
