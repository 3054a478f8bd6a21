import type { Mutant } from '#base/testing/mutant.ts';

const at = (file: string): string => `src/contract/check/stubborn/${file}`;
const tests = at('stubborn.test.ts');
const partly = at('partial.test.ts');

export const stubbornMutants: readonly Mutant[] = [
  {
    says: 'an event of very many ways is followed all the same, up to what is left of memory',
    file: at('steps.ts'),
    from: '> mostWays) return false;',
    to: '> mostWays) return true;',
    tests,
  },
  {
    says: 'a possible event binds only what its first part offers',
    file: at('closure.ts'),
    from: '    for (let seat = this.#frameSeat[frame] ?? 0; seat < end; seat++) {',
    to: '    for (let seat = this.#frameSeat[frame] ?? 0; seat < Math.min(end, (seatFirst[event] ?? 0) + 1); seat++) {',
    tests,
  },
  {
    says: 'an impossible event binds nothing',
    file: at('closure.ts'),
    from: '    if (seat < 0) return -1;',
    to: '    if (seat < 1e9) return -1;',
    tests,
  },
  {
    says: 'one that leads to another set is taken as closed',
    file: at('closure.ts'),
    from: '    if (!leads && ways > 0',
    to: '    if (ways > 0',
    tests,
  },
  {
    says: 'what an event may take away later is not looked for',
    file: at('bonds.ts'),
    from: 'for (const to of this.#after(at, other)) met.add(to);\n          else',
    to: 'met.add(at);\n          else',
    tests,
  },
  {
    says: 'events commute when one is offered after the other',
    file: at('bonds.ts'),
    from: '      for (const end of later) if (!sooner.some((mid) => this.#after(mid, other).includes(end))) return false;\n',
    to: '',
    tests,
  },
  {
    says: 'a part may come to offer only what it offers in one step',
    file: at('bonds.ts'),
    from: 'for (const other of this.#labels(at)) for (const to of this.#after(at, other)) met.add(to);\n    }\n    return false;',
    to: 'met.add(at);\n    }\n    return false;',
    tests,
  },
  {
    says: 'a shape that says less than the truth is believed',
    file: at('bonds.ts'),
    from: '        if (at === this.#offers.cutAt) return this.#others(state, label);\n',
    to: '',
    tests,
  },
  {
    says: 'a proof rests on states that say less than the truth',
    file: at('stubborn.ts'),
    from: '    if (world.cuts > 0) this.#cut = true;',
    to: '    if (world.cuts > 1e9) this.#cut = true;',
    tests,
  },
  {
    says: 'a link must end too',
    file: at('world.ts'),
    from: 'part < processes; part++)',
    to: 'part < parts.length; part++)',
    tests,
  },
  {
    says: 'only one way of an event is followed',
    file: at('steps.ts'),
    from: '    for (let way = ways - 1; way >= 0; way--) {',
    to: '    for (let way = 0; way >= 0; way--) {',
    tests,
  },
  {
    says: 'the last step of a shortest way is not looked at',
    file: at('shortest.ts'),
    from: '      if (depth + 1 < this.#below &&',
    to: '      if (depth + 2 < this.#below &&',
    tests,
  },
  {
    says: 'an event that nobody makes may wake somebody',
    file: at('frozen.ts'),
    from: '      if (part < 0 || ready[seat] === 0)',
    to: '      if (ready[seat] === 0 && part >= 0)',
    tests: partly,
  },
  {
    says: 'a part that leaves the frozen set wakes one that waits for two',
    file: at('frozen.ts'),
    from: '      if (left === 0) free(event);',
    to: '      free(event);',
    tests: partly,
  },
  {
    says: 'an event may be left out for ever',
    file: at('partial.ts'),
    from: '    if (first === undefined) return false;',
    to: '    if (first === undefined || number >= 0) return false;',
    tests: partly,
  },
  {
    says: 'a cycle that can be left is taken as one that cannot',
    file: at('partial.ts'),
    from: '    else frame.leaves = true;',
    to: '',
    tests: partly,
  },
  {
    says: 'what is stuck in one part of the design is no matter where another runs',
    file: at('partial.ts'),
    from: 'runs !== undefined && runs !== one',
    to: 'runs === undefined && runs !== one',
    tests: partly,
  },
];
