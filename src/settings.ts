import { delimiter } from 'node:path';
import process from 'node:process';
import { type Static, type TSchema, Type } from 'typebox';
import { defineError } from '#base/errors.ts';
import { faultsOf } from '#model/schema-check.ts';

/**
 * What can be set from outside: the one place that reads environment variables.
 * A field `dataDir` is the variable `DATA_DIR`; an empty variable counts as not set.
 */

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const Settings = Type.Object({
  port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080, description: 'Port to listen on; 0 takes a free one.' }),
  host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 is every network.' }),
  databaseUrl: Type.Optional(
    Type.String({
      pattern: '^postgres(ql)?://.+',
      description: 'A PostgreSQL 15 or newer, as postgres://user:password@host:port/name. Without it the embedded one is used.',
    }),
  ),
  redisUrl: Type.Optional(
    Type.String({
      pattern: '^rediss?://.+',
      description:
        'A Redis, as redis://user:password@host:port, by which several servers of one PostgreSQL tell each other what changes. Without it they do by LISTEN and NOTIFY.',
    }),
  ),
  socketsPerAddress: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 1_000,
    description: 'Live sockets from one network address; one more is refused. Behind a proxy all come from its address.',
  }),
  serverLeaseMs: Type.Integer({
    minimum: 1_000,
    maximum: 3_600_000,
    default: 30_000,
    description:
      'Of several servers of one PostgreSQL, one that has not been heard of for so long is gone: its sessions have failed.',
  }),
  dataDir: Type.String({
    minLength: 1,
    default: '.data',
    description: 'Folder of the embedded database and of the files of runs.',
  }),
  componentsDir: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    separator: delimiter,
    description: `Folders with component kinds of your own, separated by "${delimiter}".`,
  }),
  logLevel: Type.Union(
    logLevels.map((level) => Type.Literal(level)),
    { default: 'warn', description: `How much is logged: ${logLevels.join(', ')}.` },
  ),
  sessionThreads: Type.Integer({
    minimum: 0,
    maximum: 1_024,
    default: 0,
    description: 'Threads that sessions share; 0 is one for each processor core.',
  }),
  sessionHeapMib: Type.Integer({ minimum: 16, maximum: 65_536, default: 512, description: 'Memory of such a thread, in MiB.' }),
  sessionUnyieldingMs: Type.Integer({
    minimum: 100,
    maximum: 3_600_000,
    default: 5_000,
    description: 'How long a component may compute without a communication, in ms; then its session is ended.',
  }),
  sessionWallMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_592_000_000,
      description: 'Longest life of a session, in ms; without it there is none.',
    }),
  ),
  sessionMessagesInFlight: Type.Integer({
    minimum: 1,
    default: 1_000_000,
    description: 'Most messages that all connections of a session hold together.',
  }),
  sessionOutsideCalls: Type.Integer({
    minimum: 1,
    default: 1_000,
    description: 'Most requests, files and secrets that a session has under way at once.',
  }),
  sessionCpuPercent: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100,
      description: 'Most of one processor core that a session has, in percent; without it there is no limit.',
    }),
  ),
  serviceAtOnce: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 64,
    description: 'Calls of all sessions together that one service outside gets at once, such as requests to one HTTP server.',
  }),
  serviceLimits: Type.Array(Type.String({ pattern: '^\\S+=[1-9][0-9]{0,5}$' }), {
    default: [],
    separator: ',',
    description: 'The same for services by name, such as https://api.example.com=8, separated by commas.',
  }),
  serviceWaiting: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 1_000,
    description: 'Calls that may wait for one service.',
  }),
  serviceWaitMs: Type.Integer({
    minimum: 1,
    maximum: 3_600_000,
    default: 30_000,
    description: 'Longest such a wait, in ms.',
  }),
  sessionRecordingMib: Type.Integer({
    minimum: 1,
    maximum: 60,
    default: 32,
    description: 'Size of the recording of a session, in MiB; one that becomes larger is cut, and the session goes on.',
  }),
  recordingsKept: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 20,
    description: 'Recordings of ended sessions that are kept, in the folder recordings of DATA_DIR; the oldest is deleted first.',
  }),
  recordingsDays: Type.Integer({ minimum: 1, maximum: 3_650, default: 7, description: 'Days that a recording is kept.' }),
  corsOrigin: Type.Array(Type.String({ pattern: '^(\\*|https?://[^/]+)$' }), {
    default: [],
    separator: ',',
    description: 'Origins whose pages may call the API, such as https://example.org, separated by commas; * is any.',
  }),
});
export type Settings = Omit<Static<typeof Settings>, 'logLevel'> & { readonly logLevel: (typeof logLevels)[number] };

export const settingInvalid = defineError('SETTING_INVALID', 'input', 'An environment variable has a value that cannot be used.');

type Field = TSchema & {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly separator?: string;
};

const fields = Object.entries(Settings.properties as Readonly<Record<string, Field>>);

/** The same with some variables set by the command line; an absent one is read from the environment. */
export function readSettingsWith(given: Readonly<Record<string, string | undefined>>): Settings {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return readSettings({ ...process.env, ...Object.fromEntries(set) });
}

/** `dataDir` as the variable it is read from: `DATA_DIR`. */
const variableOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/**
 * Reads the settings; what is not set has its default.
 *
 * @throws SETTING_INVALID naming the variable, its value and what is expected. The password of a URL is not repeated.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const read: Record<string, unknown> = {};
  for (const [name, field] of fields) {
    const variable = variableOf(name);
    const text = env[variable] ?? '';
    const value = text === '' ? field.default : parse(field, text);
    if (value === undefined) continue;
    const [fault] = faultsOf(field, value);
    if (fault !== undefined) {
      const detail = `${variable} is ${JSON.stringify(withoutPassword(text))}, but ${fault.message}. ${field.description ?? ''}`;
      throw settingInvalid({ detail: detail.trim(), facts: { variable } });
    }
    read[name] = value;
  }
  return read as Settings;
}

function parse(field: Field, text: string): unknown {
  if (field.type === 'integer') return /^\d+$/.test(text) ? Number(text) : text;
  if (field.type === 'array')
    return text
      .split(field.separator ?? ',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return text;
}

const withoutPassword = (text: string): string => text.replace(/(:\/\/[^:/@]*):[^@]*@/, '$1:***@');

/** The settings as a text for `--help`: variable, default and meaning, one a paragraph. */
export function settingsHelp(): string {
  const lines = fields.map(([name, field]) => {
    const { default: value } = field;
    const shown = value === undefined || (Array.isArray(value) && value.length === 0) ? '' : ` (default ${String(value)})`;
    return `  ${variableOf(name)}${shown}\n      ${field.description ?? ''}`;
  });
  return `${lines.join('\n')}\n`;
}

/** The value of a secret that components ask for by name: `token` is the variable `SECRET_TOKEN`. Never printed. */
export function readSecret(name: string): string | undefined {
  return process.env[`SECRET_${name.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`];
}

/** Whether git shows what is printed through its pager, which knows colours, and nobody has said that they are not wanted. */
export function inGitPager(): boolean {
  return process.env['GIT_PAGER_IN_USE'] === 'true' && (process.env['NO_COLOR'] ?? '') === '';
}
