import fc from 'fast-check';
import { type Automaton, type Named, systemOf } from '#contract/automata.ts';

/**
 * Small random systems: events of one, two or many parts, choice, decisions of one's own (two moves by one event), parts that end, events that somebody
 * always refuses. About half can deadlock.
 */
export const randomAutomata: fc.Arbitrary<readonly Automaton[]> = fc
  .record({ components: fc.integer({ min: 1, max: 5 }), events: fc.integer({ min: 1, max: 7 }) })
  .chain(({ components, events }) =>
    fc.tuple(...Array.from({ length: components }, (_, number) => randomAutomaton(`p${number}`, events))),
  );

function randomAutomaton(name: string, events: number): fc.Arbitrary<Automaton> {
  return fc
    .record({ states: fc.integer({ min: 1, max: 4 }), own: fc.subarray([...Array(events).keys()], { minLength: 1 }) })
    .chain(({ states, own }) => {
      const state = fc.nat(states - 1);
      return fc.record({
        name: fc.constant(name),
        initial: state,
        states: fc.constant(states),
        transitions: fc.array(
          fc.tuple(
            state,
            fc.constantFrom(...own).map((number) => `e${number}`),
            state,
          ),
          { minLength: states, maxLength: 3 * states },
        ),
        final: fc.oneof(
          { weight: 2, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.uniqueArray(state, { maxLength: 2 }) },
        ),
        alphabet: fc.oneof(
          { weight: 4, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.constantFrom(...own).map((number) => [`e${number}`]) },
        ),
      });
    });
}

export const randomSystem: fc.Arbitrary<Named> = randomAutomata.map(systemOf);
