import type { Mutant } from '#base/testing/mutant.ts';

const spin = 'src/codegen/spin.test.ts';
const systems = 'src/codegen/systems.test.ts';
const checkFile = 'src/app/checks/check-file.test.ts';

/** Of files of automata, what goes out to other tools, and the count. */
export const filesMutants: readonly Mutant[] = [
  {
    says: 'an event of the alphabet alone is not refused',
    file: 'src/contract/automata.ts',
    from: 'for (const event of automaton.alphabet ?? []) numberOf(event);',
    to: '',
    tests: 'src/contract/automata.test.ts',
  },
  {
    says: 'final states are not renumbered with the start',
    file: 'src/contract/automata.ts',
    from: 'new Set(final.map(swap))',
    to: 'new Set(final)',
    tests: checkFile,
  },
  {
    says: 'a transition may lead one state too far',
    file: 'src/importers/automata-file.ts',
    from: 'if (state < states) return state;',
    to: 'if (state <= states) return state;',
    tests: 'src/importers/automata-file.test.ts',
  },
  {
    says: 'an event with nobody to make it with is made alone',
    file: 'src/codegen/moves.ts',
    from: 'takers.includes(part) && !takers.includes(-1)',
    to: 'takers.includes(part)',
    tests: systems,
  },
  {
    says: 'whether a link has ended counts',
    file: 'src/codegen/moves.ts',
    from: 'part >= processes || final[state] === 1',
    to: 'final[state] === 1',
    tests: systems,
  },
  {
    says: 'what a component refuses does not go out',
    file: 'src/codegen/automata-file.ts',
    from: '.filter((event) => !made.has(event))',
    to: '.filter(() => false)',
    tests: systems,
  },
  {
    says: 'a process that has ended does nothing, in CSPm',
    file: 'src/codegen/cspm-raw.ts',
    from: 'if (finals.has(state))',
    to: 'if (finals.size < 0)',
    tests: systems,
  },
  {
    says: 'only the first participant has to be ready, in Promela',
    file: 'src/codegen/promela.ts',
    from: "ways.map(guardOf).join(' && ')",
    to: "ways.slice(0, 1).map(guardOf).join(' && ')",
    tests: spin,
  },
  {
    says: 'a step that has to choose chooses once, in Promela',
    file: 'src/codegen/promela.ts',
    from: "ways.every(isDetermined) ? 'd_step' : 'atomic'",
    to: "'d_step'",
    tests: spin,
  },
  {
    says: 'the count stops at a deadlock',
    file: 'src/host/checks/check-question.ts',
    from: 'new Uint8Array(shape.final.length).fill(1)',
    to: 'shape.final',
    tests: 'examples/checks/checks.test.ts',
  },
  {
    says: 'who waits is told to wait for those who are ready',
    file: 'src/app/checks/told-system.ts',
    from: 'offers[other]?.has(event) ?',
    to: '!offers[other]?.has(event) ?',
    tests: checkFile,
  },
];
