import fc from 'fast-check';
import type { Contract, EventTerm, Expr, Joint, Term } from '#contract/term.ts';

/** Random syntax trees that are contracts: every call and every name means something. */

const parameters = ['i', 'k'] as const;

const { number, condition } = fc.letrec<{ number: Expr; condition: Expr }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.nat(20).map((value): Expr => ({ is: 'number', value })),
    fc.constantFrom(...parameters).map((name): Expr => ({ is: 'name', name })),
    tie('number').map((of): Expr => ({ is: 'minus', of })),
    binary(fc.constantFrom('+', '-', '*', '/', '%'), tie('number')),
  ),
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    binary(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('number')),
    tie('condition').map((of): Expr => ({ is: 'not', of })),
    binary(fc.constantFrom('and', 'or'), tie('condition')),
  ),
}));

function binary(op: fc.Arbitrary<Extract<Expr, { is: 'binary' }>['op']>, part: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  return fc.record({ is: fc.constant('binary' as const), op, left: part, right: part });
}

const event: fc.Arbitrary<EventTerm> = fc
  .record(
    { port: fc.constantFrom('a', 'b', 'out', 'end'), index: number, suffix: fc.constantFrom('end', 'ask', 'reply', 'quit') },
    { requiredKeys: ['port'] },
  )
  .filter(({ port }) => port !== 'end');

const op = fc.constantFrom<Joint>(';', '[]', '|~|', '|||');

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<Term>({ is: 'stop' }, { is: 'skip' }, { is: 'call', name: 'MAIN', args: [] }),
    number.map((arg): Term => ({ is: 'call', name: 'P_2', args: [arg, arg] })),
    fc.record({ is: fc.constant('prefix' as const), event, next: tie('term') }),
    fc.record({ is: fc.constant('join' as const), op, of: fc.array(tie('term'), { minLength: 2, maxLength: 4 }) }),
    fc.record({
      is: fc.constant('parallel' as const),
      sync: fc.array(event, { maxLength: 3 }),
      left: tie('term'),
      right: tie('term'),
    }),
    fc.record({ is: fc.constant('if' as const), condition, yes: tie('term'), no: tie('term') }),
    fc.record({
      is: fc.constant('each' as const),
      op,
      variable: fc.constantFrom(...parameters),
      from: number,
      to: number,
      body: tie('term'),
    }),
  ),
}));

/** The start has no parameters, so what stands in it stands below operators that bind both names. */
export const contract: fc.Arbitrary<Contract> = fc.record({ main: term, second: term }).map(({ main, second }) => ({
  equations: [
    { name: 'MAIN', parameters: [], body: bind('i', bind('k', main)) },
    { name: 'P_2', parameters: [...parameters], body: second },
  ],
}));

function bind(variable: string, body: Term): Term {
  return { is: 'each', op: '[]', variable, from: { is: 'number', value: 0 }, to: { is: 'number', value: 1 }, body };
}
