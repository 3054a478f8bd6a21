import type { Mutant } from './mutant.ts';

const pairsTests = 'src/contract/check/pairs/pairs.test.ts';
const rulesTests = 'src/contract/check/rules/rules.test.ts';

/** Ways to make the rules and the pairs wrong. */
export const structuralMutants: readonly Mutant[] = [
  {
    says: 'an event that nobody is there to make is taken for possible',
    file: 'src/contract/check/structure/view.ts',
    from: 'offering[event] === makers.length && !makers.includes(-1) ? 1 : 0',
    to: 'offering[event] === makers.filter((maker) => maker >= 0).length ? 1 : 0',
    tests: pairsTests,
  },
  {
    says: 'what cannot happen any more since a partner never offers it is not passed on',
    file: 'src/contract/check/structure/view.ts',
    from: 'if (type.offered[event] === 1 || this.#live[number] === 0) continue;',
    to: 'if (type.offered[event] === 0 || this.#live[number] === 0) continue;',
    tests: pairsTests,
  },
  {
    says: 'an event of many parts counts as one between two',
    file: 'src/contract/check/structure/neighbours.ts',
    from: 'only: to - from === 2 }',
    to: 'only: true }',
    tests: pairsTests,
  },
  {
    says: 'the right one of two neighbours does not move by itself',
    file: 'src/contract/check/structure/relation.ts',
    from: 'if (ours[right.labels[move] ?? 0] === 0) visit(a, right.targets[move] ?? 0);',
    to: 'if (ours[right.labels[move] ?? 0] === 2) visit(a, right.targets[move] ?? 0);',
    tests: pairsTests,
  },
  {
    says: 'a part where a shape says less than the truth is never brought there',
    file: 'src/contract/check/structure/neighbours.ts',
    from: 'cut: this.#safe.includes(0) }',
    to: 'cut: false }',
    tests: pairsTests,
  },
  {
    says: 'of an event of many parts any one is made to refuse it',
    file: 'src/contract/check/pairs/domains.ts',
    from: 'if (only >= 0) return;',
    to: '',
    tests: pairsTests,
  },
  {
    says: 'a process that may be stuck without having ended is passed over',
    file: 'src/contract/check/pairs/search.ts',
    from: 'for (let part = from; part < this.#domains.view.system.processes; part++)',
    to: 'for (let part = from + 1; part < this.#domains.view.system.processes; part++)',
    tests: pairsTests,
  },
  {
    says: 'the steps of an assumption stay when it is taken back',
    file: 'src/contract/check/pairs/domains.ts',
    from: 'this.words[this.#trailAt.pop() ?? 0] = this.#trailWas.pop() ?? 0;',
    to: '[this.#trailAt.pop(), this.#trailWas.pop()];',
    tests: pairsTests,
  },
  {
    says: 'an end of all is a deadlock',
    file: 'src/contract/check/pairs/walk.ts',
    from: '.some(({ final }, part) => !has(final, 0, this.#state[part] ?? 0))',
    to: '.some(() => true)',
    tests: pairsTests,
  },
  {
    says: 'a group is stuck only where nobody at all could help it',
    file: 'src/contract/check/pairs/groups.ts',
    from: 'if (event.only && ways.length > 0) isStuck = false;',
    to: 'if (ways.length > 0) isStuck = false;',
    tests: pairsTests,
  },
  {
    says: 'an event may be made once more than the bounds say',
    file: 'src/contract/check/rules/rounds.ts',
    from: 'if (a !== b && round.ahead[a * length + b] === 0)',
    to: 'if (a !== b && round.ahead[a * length + b] === -1)',
    tests: rulesTests,
  },
  {
    says: 'that an event is not offered where the bounds allow it is overlooked',
    file: 'src/contract/check/rules/cycle.ts',
    from: 'if (allowed) return false;',
    to: 'if (allowed) continue;',
    tests: rulesTests,
  },
  {
    says: 'who keeps a client waiting may wait to be asked',
    file: 'src/contract/check/rules/clients.ts',
    from: 'if ((row & ((theirs.open[word] ?? 0) | (theirs.rest[word] ?? 0))) !== 0) busy = false;',
    to: 'if ((row & (theirs.rest[word] ?? 0)) !== 0) busy = false;',
    tests: rulesTests,
  },
  {
    says: 'a user may hold a resource when it has ended',
    file: 'src/contract/check/rules/resources.ts',
    from: 'if (this.#held(part, state).length > 0) return false;',
    to: '',
    tests: rulesTests,
  },
  {
    says: 'resources need not come after those that are held',
    file: 'src/contract/check/rules/resources.ts',
    from: 'for (const before of held) this.#before.push(before, resource);',
    to: '',
    tests: rulesTests,
  },
];
