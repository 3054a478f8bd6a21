import type { Mutant } from '#base/testing/mutant.ts';

const folder = 'src/contract/check/compositional';
const tests = folder;

export const compositionalMutants: readonly Mutant[] = [
  {
    says: 'an event is hidden while somebody outside still takes part in it',
    file: `${folder}/forest.ts`,
    from: 'this.#sharers[event] === 2',
    to: 'this.#sharers[event] >= 2',
    tests,
  },
  {
    says: 'an event of both is made by the left one alone',
    file: `${folder}/product.ts`,
    from: 'else if (other === 0)',
    to: 'else if (other >= 0)',
    tests,
  },
  {
    says: 'two have ended when one has',
    file: `${folder}/product.ts`,
    from: '(a & b & ended)',
    to: '((a | b) & ended)',
    tests,
  },
  {
    says: 'two say less than the truth only when both do',
    file: `${folder}/product.ts`,
    from: '((a | b) & cut)',
    to: '(a & b & cut)',
    tests,
  },
  {
    says: 'what goes on for ever is taken for what is stuck',
    file: `${folder}/split.ts`,
    from: 'this.#endless[state] === 1',
    to: 'this.#endless[state] === 2',
    tests,
  },
  {
    says: 'who gets there by an inside move is not looked at again',
    file: `${folder}/split.ts`,
    from: 'labels[at] === inside && this.classOf[states[at] ?? 0] === this.classOf[state]',
    to: 'labels[at] === inside && this.classOf[states[at] ?? 0] !== this.classOf[state]',
    tests,
  },
  {
    says: 'every inside move is one that nobody can tell',
    file: `${folder}/split.ts`,
    from: 'label === inside && to === classOf[state]',
    to: 'label === inside',
    tests,
  },
  {
    says: 'links must have ended too',
    file: `${folder}/leaf.ts`,
    from: 'isLink || drawn.final[state] === 1',
    to: 'drawn.final[state] === 1',
    tests,
  },
  {
    says: 'an event that somebody always refuses is left to the others',
    file: `${folder}/leaf.ts`,
    from: 'this.#counts[event] === 0 || offered.has(event)',
    to: 'this.#counts[event] !== -1',
    tests,
  },
  {
    says: 'a trace ends before its parts are stuck',
    file: `${folder}/way.ts`,
    from: 'isRestless(this.#whole, at) ? -1 : stay',
    to: 'isRestless(this.#whole, at) ? stay : stay',
    tests,
  },
  {
    says: 'a proof rests on parts that say less than the truth',
    file: `${folder}/compositional.ts`,
    from: 'if (anyState(graph, (state) => ((graph.marks[state] ?? 0) & cut) !== 0))',
    to: 'if (anyState(graph, (state) => ((graph.marks[state] ?? 0) & cut) === cut + 1))',
    tests,
  },
];
