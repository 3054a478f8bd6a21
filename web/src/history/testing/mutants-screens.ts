import type { Mutant } from '#base/testing/mutant.ts';

/** What the screens of history, groups and lists must not lose. */
export const mutants: readonly Mutant[] = [
  {
    says: 'after a long absence the history has a hole that nobody sees',
    file: 'web/src/history/history-list.ts',
    from: 'items: inForce(meets ? joined(items, known) : items), cursor: meets ? cursor : end,',
    to: 'items: inForce(joined(items, known)), cursor,',
    tests: 'web/src/history',
  },
  {
    says: 'what was done again stays marked as taken back',
    file: 'web/src/history/history-list.ts',
    from: 'entry.undoOf !== undefined && by === undefined &&',
    to: 'entry.undoOf !== undefined &&',
    tests: 'web/src/history',
  },
  {
    says: 'a wire that leads elsewhere now is drawn only as it was',
    file: 'web/src/history/past-scene.ts',
    from: 'const came = connections.added.concat(connections.rewired.map(({ id, to }) => ({ ...to, id: rewiredId(id) })));',
    to: 'const came = connections.added;',
    tests: 'web/src/history',
  },
  {
    says: 'two wires at a port that takes one are drawn over each other',
    file: 'web/src/history/past-scene.ts',
    from: ')) index++;',
    to: ')) break;',
    tests: 'web/src/history',
  },
  {
    says: 'a conflict only about the drawing holds up a merge',
    file: 'web/src/history/conflict-words.ts',
    from: 'minor !== true && ',
    to: '',
    tests: 'web/src/history',
  },
  {
    says: 'a frame does not enclose the frames within it',
    file: 'web/src/groups/frames.ts',
    from: 'const held = [...(boxes.get(group.id) ?? []), ...within];',
    to: 'const held = [...(boxes.get(group.id) ?? [])];',
    tests: 'web/src/groups',
  },
  {
    says: 'a group made within another falls out of it',
    file: 'web/src/groups/group-edits.ts',
    from: 'outers.size === 1 && outer !== undefined ? { parent: outer } : {}',
    to: '{}',
    tests: 'web/src/groups',
  },
  {
    says: 'what an inner group held falls out of the outer one when its frame goes',
    file: 'web/src/groups/group-edits.ts',
    from: 'return [...inner, ...held, gone];',
    to: 'return [...inner, gone];',
    tests: 'web/src/groups',
  },
  {
    says: 'a moved item is taken for many changed ones',
    file: 'web/src/inspector/list-edits.ts',
    from: 'if (move !== undefined) return',
    to: 'if (move === null) return',
    tests: 'web/src/inspector/list-edits.test.ts',
  },
  {
    says: 'what others did to a list while one typed is undone by saving',
    file: 'web/src/inspector/list-edits.ts',
    from: 'return mergeValues(base, ours, now)?.value ?? ours;',
    to: 'return ours;',
    tests: 'web/src/inspector/list-edits.test.ts',
  },
  {
    says: 'a node made larger keeps its spots where they were',
    file: 'web/src/canvas/shapes.ts',
    from: "side === 'right' ? width :",
    to: "side === 'right' ? nodeWidth :",
    tests: 'web/src/groups',
  },
];
