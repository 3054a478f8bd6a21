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

// u = 0 free, 1 holds, 2 gone; u * (2 - u) is 1 for those who hold. So there are three to the power of users states.
function contractOf(most: number, arity: Arity): string {
  const users = Array.from({ length: arity['user'] ?? 1 }, (_, index) => `u${index}`);
  const call = (of: readonly string[]): string => `P(${of.join(', ')})`;
  const held = users.map((user) => `${user} * (2 - ${user})`).join(' + ');
  const branches = users.map((user, index) => {
    const to = (state: string): string => call(users.with(index, state));
    const taking = `(if ${user} == 0 and ${held} < ${most} then user.${index} -> ${to('1')} [] user.${index}.end -> ${to('2')} else STOP)`;
    const giving = `(if ${user} == 1 then user.${index} -> ${to('0')} [] user.${index}.end -> ${to('2')} else STOP)`;
    return `${taking}\n      [] ${giving}`;
  });
  return `
    PERMITS = ${call(users.map(() => '0'))}
    ${call(users)} = if ${users.join(' + ')} == ${2 * users.length} then SKIP else (${branches.join('\n      [] ')})
  `;
}
