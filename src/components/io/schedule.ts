import { Cron } from 'croner';
import { type Static, Type } from 'typebox';
import { messageOf } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { output } from '#kit/ports.ts';
import { sleep } from '#runtime/sleep.ts';

const Settings = Type.Object(
  {
    by: Type.Union([Type.Literal('interval'), Type.Literal('cron')], {
      default: 'interval',
      description: 'What makes the times.',
    }),
    intervalMs: Type.Integer({
      minimum: 1,
      maximum: 31_622_400_000,
      default: 60_000,
      unit: 'ms',
      description: 'Time between two ticks, counted from the start of the run; for "interval".',
    }),
    cron: Type.String({
      default: '0 * * * *',
      maxLength: 200,
      description: 'Minute, hour, day, month, weekday (with a sixth in front: second), such as 30 7 * * 1-5; for "cron".',
    }),
    timeZone: Type.String({
      default: 'UTC',
      maxLength: 100,
      description: 'Where the clock hangs, such as Europe/Oslo; for "cron".',
    }),
    onStart: Type.Boolean({ default: false, description: 'One more tick when the run starts.' }),
    misfire: Type.Union([Type.Literal('skip'), Type.Literal('once'), Type.Literal('all')], {
      default: 'once',
      description: 'What becomes of times missed while nobody took a tick: nothing, one tick for all, or one each.',
    }),
    count: Type.Integer({ minimum: 0, default: 0, description: 'Ticks until the end; 0 is without end.' }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

/** The first time after a moment; undefined when there is none any more. */
type NextTime = (afterMs: number) => number | undefined;

// Only asked for times: it is paused, so it never sets a timer of its own.
function cronOf({ cron, timeZone }: Pick<Settings, 'cron' | 'timeZone'>): Cron {
  return new Cron(cron, { paused: true, timezone: timeZone, mode: '5-or-6-parts' });
}

function timesOf(settings: Settings, startMs: number): NextTime {
  if (settings.by === 'interval') {
    const { intervalMs } = settings;
    return (afterMs) => startMs + (Math.floor((afterMs - startMs) / intervalMs) + 1) * intervalMs;
  }
  const cron = cronOf(settings);
  return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime();
}

function cronFault({ cron, timeZone }: Settings): { pointer: string; message: string } | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return { pointer: '/timeZone', message: `there is no time zone ${timeZone}` };
  }
  try {
    return cronOf({ cron, timeZone }).nextRun() === null ? { pointer: '/cron', message: 'this time never comes' } : undefined;
  } catch (thrown) {
    return { pointer: '/cron', message: messageOf(thrown) };
  }
}

/**
 *  ┌──────────┐
 *  │ schedule ├──▶── tick
 *  └──────────┘
 * SC1  A tick leaves at each time of the interval or the cron expression, and says for which time it stands.
 * SC2  Times do not drift: the interval counts from the start, however long a tick waits to be taken.
 * SC3  Times missed while a tick waited are skipped, told in one tick (for the last of them), or told one by one.
 * SC4  Cron follows the wall clock of its time zone, also where that is put forward or back.
 */
export const schedule = defineComponent({
  kind: 'io.schedule',
  version: 1,
  title: 'Schedule',
  icon: 'calendar-clock',
  summary: 'Ticks at times: every so often, or by a calendar.',
  settings: Settings,
  ports: {
    tick: output(
      Type.Object({ number: Type.Integer(), dueAt: Type.String(), missed: Type.Integer() }),
      'Number from 1, the time it stands for, and how many times before it were missed and not told.',
    ),
  },
  contract: ({ count }) =>
    count === 0
      ? 'SCHEDULE = tick -> SCHEDULE'
      : `
    SCHEDULE = tick -> NEXT
    NEXT     = SCHEDULE |~| tick.end -> SKIP
  `,
  check: (settings) => (settings.by === 'cron' ? cronFault(settings) : undefined),
  examples: [
    {
      says: 'Every minute, twice.',
      settings: { count: 2 },
      given: {},
      gives: {
        tick: [
          { number: 1, dueAt: '1970-01-01T00:01:00.000Z', missed: 0 },
          { number: 2, dueAt: '1970-01-01T00:02:00.000Z', missed: 0 },
        ],
      },
    },
    {
      says: 'At the start, then at half past seven of Oslo.',
      settings: { by: 'cron', cron: '30 7 * * *', timeZone: 'Europe/Oslo', onStart: true, count: 2 },
      given: {},
      gives: {
        tick: [
          { number: 1, dueAt: '1970-01-01T00:00:00.000Z', missed: 0 },
          { number: 2, dueAt: '1970-01-01T06:30:00.000Z', missed: 0 },
        ],
      },
    },
  ],
  state: { version: 1, initial: (): Position => ({ startMs: null, lastMs: null, number: 0, due: null }) },
  rests: ['tick', 'clock'],
  *run({ settings, io, clock, state: { value: at } }) {
    at.startMs ??= clock.now();
    const { startMs } = at;
    const next = timesOf(settings, startMs);
    while (settings.count === 0 || at.number < settings.count) {
      at.due ??=
        settings.onStart && at.lastMs === null
          ? { atMs: startMs, missed: 0 }
          : dueTime(next, at.lastMs ?? startMs, clock.now(), settings.misfire);
      const { due } = at;
      if (due === null) return;
      if (due.atMs > clock.now()) yield* sleep(clock, due.atMs - clock.now());
      if (!(yield* io.tick.send(tickOf(at.number + 1, due.atMs, due.missed)))) return;
      at.number++;
      at.lastMs = due.atMs;
      at.due = null;
    }
  },
});

interface Due {
  readonly atMs: number;
  readonly missed: number;
}

/** When it started, the time told last, how many were, and the time to tell next once that is known. */
interface Position {
  startMs: number | null;
  lastMs: number | null;
  number: number;
  due: Due | null;
}

const tickOf = (number: number, dueMs: number, missed: number) => ({ number, dueAt: new Date(dueMs).toISOString(), missed });

// SC3: from the last time told to the one to tell next, which may have passed already.
function dueTime(next: NextTime, lastMs: number, nowMs: number, misfire: Settings['misfire']): Due | null {
  let atMs = next(lastMs);
  let missed = 0;
  while (atMs !== undefined && misfire !== 'all' && atMs < nowMs) {
    const later = next(atMs);
    if (misfire === 'once' && (later === undefined || later > nowMs)) break;
    atMs = later;
    missed++;
  }
  return atMs === undefined ? null : { atMs, missed };
}
