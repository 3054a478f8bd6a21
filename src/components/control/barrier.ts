import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, output } from '#kit/ports.ts';
import { after, fairAlt, never, when } from '#runtime/alt.ts';
import type { Guard } from '#runtime/port.ts';

/** More make too many states for the contract to be checked. */
const mostParties = 7;

const Release = Type.Object({ phase: Type.Integer(), messages: Type.Array(Type.Unknown()), complete: Type.Boolean() });

/**
 *              ┌─────────┐
 *  arrive* ──▶─┤ barrier ├──▶── release
 *              └─────────┘
 * Z1  A phase ends when a message has come from each input, or from `parties` of them, and leaves as one: its messages in the order
 *     of the inputs, null for one from which none came.
 * Z2  Of each input one message is taken a phase: who arrives again waits until the phase has left.
 * Z3  An input that has ended counts as arrived. What has come when none is left that could still come leaves too.
 * Z4  With `timeoutMs`, a phase also ends so long after its first message, and says that it is not complete.
 * Z5  When all inputs have ended, the output ends.
 */
export const barrier = defineComponent({
  kind: 'control.barrier',
  version: 1,
  title: 'Barrier',
  icon: 'fence',
  summary: 'Waits until a message has come from every input, and then lets all go on together.',
  settings: Type.Object({
    parties: Type.Integer({
      minimum: 0,
      maximum: 1_000,
      default: 0,
      unit: 'inputs',
      description: 'Inputs that must have arrived; 0 is all of them.',
    }),
    timeoutMs: Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      unit: 'ms',
      description: 'Longest wait after the first message of a phase; 0 waits as long as it takes.',
    }),
  }),
  ports: {
    arrive: many(input(Type.Unknown(), 'One message a phase from each party.')),
    release: output(Release, 'One message a phase: its number from 1, what came, and whether all did.'),
  },
  contract: (settings, { arrive: parties = 0 }) => contractOf(settings, parties),
  examples: [
    {
      says: 'Two parties, two phases.',
      given: { 'arrive[0]': [1, 2], 'arrive[1]': ['a', 'b'] },
      gives: {
        release: [
          { phase: 1, messages: [1, 'a'], complete: true },
          { phase: 2, messages: [2, 'b'], complete: true },
        ],
      },
    },
    {
      says: 'A party that has ended is not waited for.',
      given: { 'arrive[0]': [1, 2], 'arrive[1]': ['a'] },
      gives: {
        release: [
          { phase: 1, messages: [1, 'a'], complete: true },
          { phase: 2, messages: [2, null], complete: true },
        ],
      },
    },
    { says: 'Nobody comes.', given: { 'arrive[0]': [], 'arrive[1]': [] }, gives: { release: [] } },
  ],
  state: { version: 1, initial: (): Phase => ({ phase: 1, parties: [], messages: [], dueMs: null }) },
  rests: ['arrive', 'clock'],
  *run({ settings, io, clock, state: { value: at } }) {
    const parties = io.arrive.map((_, i): Party => at.parties[i] ?? 'awaited');
    const messages = io.arrive.map((_, i): unknown => at.messages[i] ?? null);
    [at.parties, at.messages] = [parties, messages];
    const count = (what: Party): number => parties.filter((one) => one === what).length;
    const enough = enoughOf(settings, parties.length);
    let due: Guard<Late> = at.dueMs === null ? never : (after(clock, at.dueMs - clock.now()) as Guard<Late>);
    while (count('ended') < parties.length) {
      const event = yield* fairAlt([...io.arrive.map((party, i) => when(parties[i] === 'awaited', party)), due]);
      if (event.ended === true) {
        parties[event.index] = 'ended';
      } else if (event.ended === false) {
        parties[event.index] = 'arrived';
        messages[event.index] = event.value;
        if (count('arrived') === 1 && settings.timeoutMs > 0) {
          at.dueMs = clock.now() + settings.timeoutMs;
          due = after(clock, settings.timeoutMs) as Guard<Late>;
        }
      }
      const complete = count('arrived') + count('ended') >= enough;
      if (count('arrived') === 0 || !(complete || event.ended === undefined)) continue;
      if (!(yield* io.release.send({ phase: at.phase, messages: [...messages], complete }))) return;
      for (const [i, one] of parties.entries()) {
        if (one === 'arrived') parties[i] = 'awaited';
        messages[i] = null;
      }
      [at.dueMs, due] = [null, never];
      at.phase++;
    }
  },
});

/** What has come in the phase under way, by party, and when that waited long enough. */
interface Phase {
  phase: number;
  parties: Party[];
  messages: unknown[];
  dueMs: number | null;
}

type Party = 'awaited' | 'arrived' | 'ended';

/** What a phase that waited long enough gives instead of a message. */
interface Late {
  readonly ended?: undefined;
  readonly value?: undefined;
}

function enoughOf({ parties }: { readonly parties: number }, inputs: number): number {
  return parties === 0 ? inputs : Math.min(parties, inputs);
}

/** An equation for each way in which parties are awaited (a), have arrived (r), have ended (e). */
function contractOf(settings: { readonly parties: number; readonly timeoutMs: number }, inputs: number): string {
  if (inputs > mostParties)
    throw new Error(`a barrier takes at most ${mostParties} inputs; join more through barriers before it`);
  const enough = enoughOf(settings, inputs);
  const start = 'a'.repeat(inputs);
  const states = new Set([start]);
  const to = (state: string): string => `B${states.add(state) && state}`;
  const lines: string[] = [];
  for (const state of states) {
    const all = [...state];
    const here = all.filter((one) => one === 'r').length;
    const gone = all.filter((one) => one === 'e').length;
    const release = `release -> ${gone === inputs ? '' : to(state.replaceAll('r', 'a'))}`;
    const arrivals = all.flatMap((one, i) => {
      const as = (now: string): string => to(all.with(i, now).join(''));
      return one === 'a' ? [`arrive.${i} -> ${as('r')} [] arrive.${i}.end -> ${as('e')}`] : [];
    });
    if (gone === inputs) lines.push(`B${state} = release.end -> SKIP`);
    else if (here > 0 && here + gone >= enough) lines.push(`B${state} = ${release}`);
    else if (here > 0 && settings.timeoutMs > 0) lines.push(`B${state} = (${arrivals.join(' [] ')} |~| STOP) [] ${release}`);
    else lines.push(`B${state} = ${arrivals.join(' [] ')}`);
  }
  return lines.join('\n');
}
