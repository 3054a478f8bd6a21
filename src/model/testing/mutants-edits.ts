import type { Mutant } from '#base/testing/mutant.ts';

const tests = 'src/model/transform.test.ts';

/** What would make edits over edits wrong. */
export const editMutants: readonly Mutant[] = [
  {
    says: 'two insertions at one place: both stand at the left',
    file: 'src/model/text-change.ts',
    from: "order === 'before' ? 'left' : 'right'",
    to: "'left'",
    tests: 'src/model/fuzzed.test.ts',
  },
  {
    says: 'a text that was replaced is changed from within',
    file: 'src/model/transform.ts',
    from: 'return replacesWithin(over, edit.node, edit.name) ? within(edit, order) : edit;\n}\n\nfunction listOver',
    to: 'return edit;\n}\n\nfunction listOver',
    tests,
  },
  {
    says: 'of two moves of a node the earlier one wins',
    file: 'src/model/transform.ts',
    from: "return over.do === edit.do && over.id === edit.id ? undefined : edit;\n    case 'group.assign'",
    to: "return edit;\n    case 'group.assign'",
    tests,
  },
  {
    says: 'what is carried over an edit that was refused is lost',
    file: 'src/model/transform.ts',
    from: 'if (isRefusal(at)) return [at, over];',
    to: 'if (isRefusal(at)) return [at, carried];',
    tests: 'src/model/fuzzed.test.ts',
  },
  {
    says: 'the second edit of a set is carried over what the first one already passed',
    file: 'src/model/transform.ts',
    from: '    others = carried;',
    to: '    others = over;',
    tests: 'src/model/fuzzed.test.ts',
  },
  {
    says: 'an item put in does not move those behind it',
    file: 'src/model/list-change.ts',
    from: 'return at >= over.at ? at + 1 : at;',
    to: 'return at > over.at ? at + 1 : at;',
    tests: 'src/model/fuzzed.test.ts',
  },
  {
    says: 'a moved item is counted where it was',
    file: 'src/model/list-change.ts',
    from: 'const rest = gap > over.from ? gap - 1 : gap;',
    to: 'const rest = gap;',
    tests: 'src/model/fuzzed.test.ts',
  },
  {
    says: 'no cascade: a deleted node leaves its connections',
    file: 'src/model/edits/nodes.ts',
    from: 'for (const connection of lost) draft.deleteConnection(connection.id);',
    to: '',
    tests: 'src/model/apply.test.ts',
  },
  {
    says: 'a group may be within itself',
    file: 'src/model/edits/groups.ts',
    from: 'if (at === id) return refuse(',
    to: 'if (at === undefined) return refuse(',
    tests: 'src/model/edits/edits.test.ts',
  },
  {
    says: 'undo takes away a node that others have wired since',
    file: 'src/model/undo.ts',
    from: 'return touches(over, edit) ? changedSince(edit.id) : undefined;',
    to: 'return undefined;',
    tests,
  },
  {
    says: 'undo overwrites what others typed since',
    file: 'src/model/undo.ts',
    from: 'if (name === undefined || edit.settings === undefined',
    to: 'if (name !== undefined || edit.settings === undefined',
    tests,
  },
  {
    says: 'composed settings forget the first',
    file: 'src/model/compose.ts',
    from: ': { ...first.settings, ...then.settings };',
    to: ': { ...then.settings };',
    tests,
  },
];
