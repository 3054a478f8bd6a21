import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { fieldAt } from '#kit/field.ts';
import { many, serves } from '#kit/ports.ts';
import { after, fairAlt, never, when } from '#runtime/alt.ts';
import type { Request } from '#runtime/channels/call.ts';
import { semaphoreContract } from './semaphore/contract.ts';

const Holding = Type.Object({ holds: Type.Boolean(), lapsed: Type.Boolean() });

/**
 *                 ┌───────────┐
 *  acquire* ═══▶──┤ semaphore │
 *                 └───────────┘
 * X1  A user's requests alternate: the first asks for a permit and is answered when the user has it, with `holds` true; the next gives
 *     it back and is answered at once, with `holds` false.
 * X2  At most `permits` users hold one; with `key`, so many for each value of that field of the request that asks.
 * X3  Of those that wait for the same, who asked first is next.
 * X4  A user that gives up while it waits waits no longer, and its next request asks anew. A user that ends gives back what it holds.
 * X5  With `leaseMs`, a permit held so long is taken back. Its user is told by `lapsed` in the answer to its next request.
 */
export const semaphore = defineComponent({
  kind: 'control.semaphore',
  version: 1,
  title: 'Semaphore',
  icon: 'traffic-cone',
  summary: 'Hands out a limited number of permits to its users, and lets the others wait for them.',
  settings: Type.Object({
    permits: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 1,
      unit: 'permits',
      description: 'Most users that hold one at once.',
    }),
    key: Type.String({
      default: '',
      description: 'Field of the request whose value has permits of its own, such as order.id; empty: all share the same.',
    }),
    leaseMs: Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      unit: 'ms',
      description: 'Longest time a permit is held; 0 is for ever.',
    }),
  }),
  ports: {
    acquire: many(
      serves(Type.Unknown(), Holding, 'Calls that ask for a permit and give it back in turn, one channel a user; at most 6.'),
    ),
  },
  contract: ({ permits, key, leaseMs }, { acquire: users = 0 }) => semaphoreContract(users, permits, key !== '', leaseMs > 0),
  examples: [
    {
      says: 'Asked for and given back, twice.',
      given: { acquire: [null, null, null, null] },
      gives: {
        acquire: [
          { holds: true, lapsed: false },
          { holds: false, lapsed: false },
          { holds: true, lapsed: false },
          { holds: false, lapsed: false },
        ],
      },
    },
    {
      says: 'Each table has a permit of its own; who ends gives back what it holds.',
      settings: { key: 'table' },
      given: { 'acquire[0]': [{ table: 1 }], 'acquire[1]': [{ table: 2 }], 'acquire[2]': [{ table: 1 }] },
      gives: {
        'acquire[0]': [{ holds: true, lapsed: false }],
        'acquire[1]': [{ holds: true, lapsed: false }],
        'acquire[2]': [{ holds: true, lapsed: false }],
      },
    },
  ],
  *run({ settings, io, clock }) {
    const { permits, key, leaseMs } = settings;
    const users = io.acquire.map((): User => ({ is: 'idle' }));
    const holders = (wanted: string): number => users.filter((user) => user.is === 'holding' && user.key === wanted).length;
    for (let asked = 0; ; ) {
      for (const [i, user] of inTurn(users)) {
        if (holders(user.key) >= permits) continue;
        const heard = yield* user.request.reply({ holds: true, lapsed: false });
        users[i] = heard ? { is: 'holding', key: user.key, untilMs: clock.now() + leaseMs } : { is: 'idle' };
      }
      if (users.every(({ is }) => is === 'ended')) return;
      const lapses = leaseMs > 0 ? firstToLapse(users) : undefined;
      const news = users.map((user, i) =>
        user.is === 'waiting' ? user.request.whenCancelled : when(user.is !== 'ended', io.acquire[i] ?? never),
      );
      const due = lapses === undefined ? never : after(clock, lapses.untilMs - clock.now());
      const { index, ended, value } = (yield* fairAlt([...news, due])) as News;
      const user = users[index];
      if (user === undefined) {
        if (lapses !== undefined) users[lapses.at] = { is: 'lapsed' };
      } else if (user.is === 'waiting') {
        yield* user.request.fail('CONTROL_SEMAPHORE_GIVEN_UP', 'The user gave up while it waited.');
        users[index] = { is: 'idle' };
      } else if (value === undefined || ended === true) {
        users[index] = { is: 'ended' };
      } else if (user.is === 'idle') {
        users[index] = { is: 'waiting', request: value, key: key === '' ? '' : textOf(fieldAt(value.value, key)), turn: asked++ };
      } else {
        yield* value.reply({ holds: false, lapsed: user.is === 'lapsed' });
        users[index] = { is: 'idle' };
      }
    }
  },
});

type Ask = Request<unknown, { holds: boolean; lapsed: boolean }>;

type User =
  | { readonly is: 'idle' | 'lapsed' | 'ended' }
  | { readonly is: 'waiting'; readonly request: Ask; readonly key: string; readonly turn: number }
  | { readonly is: 'holding'; readonly key: string; readonly untilMs: number };

/** A request of a user that does not wait, its end, or that something came due. */
interface News {
  readonly index: number;
  readonly ended?: boolean;
  readonly value?: Ask;
}

/** Those that wait, who asked first first. */
function inTurn(users: readonly User[]): [number, Extract<User, { is: 'waiting' }>][] {
  const waiting = [...users.entries()].flatMap(([i, user]): [number, Extract<User, { is: 'waiting' }>][] =>
    user.is === 'waiting' ? [[i, user]] : [],
  );
  return waiting.sort(([, one], [, other]) => one.turn - other.turn);
}

function firstToLapse(users: readonly User[]): { readonly at: number; readonly untilMs: number } | undefined {
  let first: { readonly at: number; readonly untilMs: number } | undefined;
  for (const [at, user] of users.entries()) {
    if (user.is === 'holding' && (first === undefined || user.untilMs < first.untilMs)) first = { at, untilMs: user.untilMs };
  }
  return first;
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
