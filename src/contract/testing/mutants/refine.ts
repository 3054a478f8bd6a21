import type { Mutant } from '#base/testing/mutant.ts';

const refine = 'src/contract/check/refine';
const live = 'src/contract/check/live';

export const refineMutants: readonly Mutant[] = [
  {
    says: 'an event happens when all its parts but the last are ready',
    file: `${refine}/steps.ts`,
    from: 'const end = this.#othersFirst[event + 1] as number;',
    to: 'const end = (this.#othersFirst[event + 1] as number) - (event === 0 ? 1 : 0);',
    tests: refine,
  },
  {
    says: 'of several moves by one event only the first is made',
    file: `${refine}/steps.ts`,
    from: 'if (several) this.#otherWays(first, owner, start, end);',
    to: 'if (several && owner < 0) this.#otherWays(first, owner, start, end);',
    tests: refine,
  },
  {
    says: 'the normal form forgets own moves after an event',
    file: `${refine}/normal.ts`,
    from: 'const target = this.#node([...set]);',
    to: 'const target = this.#node([...set].slice(0, 1));',
    tests: refine,
  },
  {
    says: 'the largest acceptances are kept instead of the smallest',
    file: `${refine}/normal.ts`,
    from: 'if (kept.some((one) => isWithin(one, set))) continue;',
    to: 'if (kept.some((one) => isWithin(set, one))) continue;',
    tests: refine,
  },
  {
    says: 'a state with own moves refuses what it does not offer',
    file: `${refine}/product.ts`,
    from: '(!ended && (!stable || cut))',
    to: '(!ended && cut)',
    tests: refine,
  },
  {
    says: 'the end can be refused',
    file: `${refine}/product.ts`,
    from: 'offers[normal.tick >>> 5] = 1 << (normal.tick & 31);',
    to: 'return undefined;',
    tests: refine,
  },
  {
    says: 'hidden cycles are not looked for',
    file: `${refine}/product.ts`,
    from: "const loop = model === 'FD' ? this.#divergence() : undefined;",
    to: "const loop = model === 'T' ? this.#divergence() : undefined;",
    tests: refine,
  },
  {
    says: 'a specification that may diverge allows everything in F too',
    file: `${refine}/product.ts`,
    from: "if (model === 'FD' && !this.#sides.exactly && normal.diverges[node] === 1) continue;",
    to: 'if (!this.#sides.exactly && normal.diverges[node] === 1) continue;',
    tests: refine,
  },
  {
    says: 'a state that says less than the truth proves',
    file: `${refine}/product.ts`,
    from: 'if (cut) this.#cut = true;',
    to: 'if (cut) this.#cut = false;',
    tests: refine,
  },
  {
    says: 'the rule about cycles keeps an event out of which no part is kept in a cycle, and leaves out those that are',
    file: `${live}/recurring.ts`,
    from: 'if (component[state] === component[shape.targets[move] ?? 0])',
    to: 'if (component[state] !== component[shape.targets[move] ?? 0])',
    tests: live,
  },
  {
    says: 'a cycle is fair though some process that could always go on never does',
    file: `${live}/cycles.ts`,
    from: 'if (state === undefined) return undefined;',
    to: 'if (state === undefined) continue;',
    tests: live,
  },
  {
    says: 'who can never go on starves',
    file: `${live}/starvation.ts`,
    from: 'if (first === undefined || ready.length === group.length) continue;',
    to: 'if (ready.length === group.length) continue;',
    tests: live,
  },
  {
    says: 'who watches allows what the specification does not',
    file: `${refine}/watching.ts`,
    from: 'to: after < 0 ? nodes : after',
    to: 'to: after < 0 ? node : after',
    tests: refine,
  },
  {
    says: 'an end is not looked at by who watches',
    file: `${refine}/watching.ts`,
    from: '|| !neverEnds(sides.system)) return undefined;',
    to: ') return undefined;',
    tests: refine,
  },
  {
    says: 'states found last are not looked at for what must not be come to',
    file: 'src/contract/check/full/sweep.ts',
    from: '    seen = space.size;',
    to: '    seen = space.size + 1;',
    tests: refine,
  },
];
