import { Type } from 'typebox';
import { type Arity, defineComponent } from '#kit/define-component.ts';
import { input, many } from '#kit/ports.ts';
import { fairAlt, when } from '#runtime/alt.ts';

/**
 *            ┌─────────┐
 *  user* ─▶▶─┤ permits │
 *            └─────────┘
 * PE1  Of the messages of a user, the first takes a permit, the second gives it back, and so on.
 * PE2  At most `permits` users hold one at a time; another that asks waits until one is given back.
 * PE3  Of several that ask, the one served longest ago is next.
 * PE4  A user that leaves gives back what it holds. When all have left, it ends.
 *
 * A fork is one permit for its two neighbours; the waiter is one seat less than there are philosophers.
 */
export const permits = defineComponent({
  kind: 'dining.permits',
  version: 1,
  title: 'Permits',
  icon: 'utensils',
  summary: 'Lets so many users at a time hold something; the others wait for it.',
  settings: Type.Object({
    permits: Type.Integer({ minimum: 1, maximum: 1_000, default: 1, description: 'Users that may hold one at the same time.' }),
  }),
  ports: { user: many(input(Type.Unknown(), 'Takes, then gives back, and so on.')) },
  contract: ({ permits: most }, arity) => contractOf(most, arity),
  examples: [
    { says: 'One user takes and gives back.', given: { 'user[0]': ['take', 'give'] }, gives: {} },
    {
      says: 'Two users of one permit: the second waits for the first.',
      given: { 'user[0]': ['take', 'give'], 'user[1]': ['take', 'give'] },
      gives: {},
    },
    {
      says: 'A user that leaves without giving back keeps nobody waiting.',
      given: { 'user[0]': ['take'], 'user[1]': ['take', 'give'] },
      gives: {},
    },
  ],
  *run({ settings, io }) {
    const users: ('free' | 'holds' | 'gone')[] = io.user.map(() => 'free');
    while (users.some((state) => state !== 'gone')) {
      const held = users.filter((state) => state === 'holds').length;
      const listened = io.user.map((receiver, index) =>
        when(users[index] === 'holds' || (users[index] === 'free' && held < settings.permits), receiver),
      );
      const event = yield* fairAlt(listened);
      users[event.index] = event.ended ? 'gone' : users[event.index] === 'free' ? 'holds' : 'free';
    }
  },
});

// gone: how many have left. u0, u1, …: 1 while that user holds one, so there are two to the power of users states.
function contractOf(most: number, arity: Arity): string {
  const users = Array.from({ length: arity['user'] ?? 1 }, (_, index) => `u${index}`);
  const holding = (index: number, state: string): string => users.with(index, state).join(', ');
  const branches = users.map((user, index) => {
    const taking = `user.${index} -> P(gone, ${holding(index, '1')})`;
    const giving = `user.${index} -> P(gone, ${holding(index, '0')})`;
    const leaving = `user.${index}.end -> P(gone + 1, ${holding(index, '0')})`;
    return `(if ${user} == 1 then ${giving} [] ${leaving} else if ${users.join(' + ')} < ${most} then ${taking} [] ${leaving} else STOP)`;
  });
  return `
    PERMITS = P(0, ${users.map(() => '0').join(', ')})
    P(gone, ${users.join(', ')}) = if gone == ${users.length} then SKIP else (${branches.join('\n      [] ')})
  `;
}
