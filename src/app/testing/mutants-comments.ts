import type { Mutant } from '#base/testing/mutant.ts';

const store = 'src/store/comments.ts';
const app = 'src/app/comments.ts';
const page = 'web/src/comments/comments.ts';
const tests = 'src/app/comments.test.ts';

/** Comments that lose their place, their order, or whom they belong to. */
export const commentMutants: readonly Mutant[] = [
  {
    says: 'the place of what is deleted is not kept',
    file: store,
    from: 'orphaned: true, ...placeOf(before, anchorOf({ about, element })) }',
    to: 'orphaned: true }',
    tests,
  },
  {
    says: 'what is there again does not get its threads back',
    file: store,
    from: 'if (is && !was) changes.push({ about, element, orphaned: false });',
    to: '',
    tests,
  },
  {
    says: 'comments stay when their design is deleted',
    file: 'src/store/designs/designs.ts',
    from: 'await removeThreads(tx, id);',
    to: '',
    tests,
  },
  {
    says: 'a change of a thread is no revision of it',
    file: store,
    from: 'rev: before.rev + 1',
    to: 'rev: before.rev',
    tests,
  },
  {
    says: 'one more thread than the limit is opened',
    file: store,
    from: 'if (Number(count) >= most)',
    to: 'if (Number(count) > most)',
    tests,
  },
  {
    says: 'anybody changes the text of others',
    file: app,
    from: 'if (author !== actor) throw',
    to: 'if (author === undefined) throw',
    tests,
  },
  {
    says: 'anybody deletes what others wrote',
    file: app,
    from: 'if (author !== actor && actor !== owner(via).actor)',
    to: 'if (author === undefined)',
    tests,
  },
  {
    says: 'an answer leaves a thread resolved',
    file: app,
    from: "state: 'open', comments: short([",
    to: "state: 'resolved', resolvedBy: actor, comments: short([",
    tests,
  },
  {
    says: 'what changes nothing is told',
    file: app,
    from: "if (is !== 'same') work.feed.tell",
    to: 'work.feed.tell',
    tests,
  },
  {
    says: 'an older state of a thread takes the place of a newer one on the page',
    file: page,
    from: 'if (gone.has(thread.id) || (known(thread.id)?.rev ?? 0) >= thread.rev) return false;',
    to: 'if (gone.has(thread.id)) return false;',
    tests: 'web/src/comments/comments.test.ts',
  },
  {
    says: 'a list that comes late hides what was told meanwhile',
    file: page,
    from: 'for (const thread of fresh.values()) if',
    to: 'for (const thread of []) if',
    tests: 'web/src/comments/comments.test.ts',
  },
  {
    says: 'an address of e-mail mentions somebody',
    file: 'src/model/comment.ts',
    from: '`(?<![\\\\p{L}\\\\p{M}\\\\p{N}_.@-])@',
    to: '`@',
    tests: 'src/model/comment.test.ts',
  },
];
