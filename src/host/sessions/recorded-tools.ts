import { Buffer } from 'node:buffer';
import { type Blame, CodedError, messageOf } from '#base/errors.ts';
import type { FileFact, Files, FileWriter, Tools } from '#kit/tools.ts';
import type { ToolLine } from '#runtime/replay/recording.ts';
import { HiddenSecrets, secretHidden } from './hidden-secrets.ts';

/**
 * The tools of a node with what they give recorded, or given from a recording. Time and chance are not among them: the clock is
 * recorded by itself, and random numbers follow from the seed. Of a secret it is recorded that there was one, never its value, nor is
 * it in what else is recorded.
 */

type Outside = Pick<Tools, 'http' | 'files' | 'secret'>;

/** Does one call: `real` reaches the outside, `write` and `read` bring its answer into the recording and out of it. */
type Through = <T>(real: () => Promise<T>, write: (given: T) => unknown, read: (written: unknown) => T) => Promise<T>;

/** Gives each call of a node its number; a node that is started again counts on. */
class Calls {
  readonly #next = new Map<string, number>();

  next(node: string): number {
    const call = this.#next.get(node) ?? 0;
    this.#next.set(node, call + 1);
    return call;
  }
}

/** Makes, for one run, tools that tell `write` what each call gave; a secret is told to `secrets` alone. */
export function recordingOfTools(
  write: (line: ToolLine) => void,
  secrets: HiddenSecrets,
): (real: Outside, node: string) => Outside {
  const calls = new Calls();
  return (real, node) => {
    const through: Through = async (act, written) => {
      const call = calls.next(node);
      try {
        const given = await act();
        write({ do: 'tool', node, call, gives: written(given) ?? null });
        return given;
      } catch (thrown) {
        write({ do: 'tool', node, call, throws: thrownText(thrown) });
        throw thrown;
      }
    };
    return throughAll(real, through, secrets);
  };
}

/** Makes, for one run, tools that give what the recording says, and reach nothing. A call it knows nothing of is never answered. */
export function replayOfTools(lines: readonly ToolLine[]): (node: string) => Outside {
  const calls = new Calls();
  const known = new Map(lines.map((line) => [`${line.call} ${line.node}`, line]));
  return (node) =>
    throughAll(
      nowhere,
      (_act, _written, read) => {
        const line = known.get(`${calls.next(node)} ${node}`);
        if (line === undefined) return new Promise(() => {});
        return line.throws === undefined ? Promise.resolve(read(line.gives)) : Promise.reject(thrownAgain(line.throws));
      },
      new HiddenSecrets(),
    );
}

const nowhere = {
  http: unreached,
  files: { read: unreached, write: unreached, list: unreached, watch: unreached },
  secret: unreached,
};

function unreached(): never {
  throw new Error('a replay reaches nothing outside');
}

function throughAll(real: Outside, through: Through, secrets: HiddenSecrets): Outside {
  const plain = <T>(act: () => Promise<T>): Promise<T> =>
    through(
      act,
      (given) => given,
      (written) => written as T,
    );
  const files: Files = {
    read: (path, signal) =>
      each(
        () => real.files.read(path, signal),
        through,
        (piece) => bytesText(secrets.bytes(piece)),
        textBytes,
      ),
    watch: (folder, signal) =>
      each(
        () => real.files.watch(folder, signal),
        through,
        (fact) => fact,
        (written) => written as FileFact,
      ),
    list: (folder) => plain(() => real.files.list(folder)),
    write: (path, mode) =>
      through(
        async () => await real.files.write(path, mode),
        () => null,
        () => unwritten,
      ).then((writer) => writerThrough(writer, through)),
  };
  return {
    files,
    http: (request) => askedThrough(() => real.http(request), through, secrets),
    secret: (name) =>
      through(
        async () => {
          const value = await real.secret(name);
          secrets.note(value);
          return value;
        },
        (value) => value !== undefined,
        (there) => (there === true ? secretHidden : undefined),
      ),
  };
}

const unwritten: FileWriter = { write: async () => {}, close: async () => {}, abandon: async () => {} };

function writerThrough(writer: FileWriter, through: Through): FileWriter {
  const quiet = (act: () => Promise<void>): Promise<void> =>
    through(
      act,
      () => null,
      () => undefined,
    );
  return {
    write: (piece) => quiet(() => writer.write(piece)),
    close: () => quiet(() => writer.close()),
    abandon: () => quiet(() => writer.abandon()),
  };
}

/** An iteration whose every step is a call. */
function each<T>(
  begin: () => AsyncIterable<T>,
  through: Through,
  write: (item: T) => unknown,
  read: (written: unknown) => T,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      let real: AsyncIterator<T> | undefined;
      const next = async (): Promise<IteratorResult<T>> => {
        real ??= begin()[Symbol.asyncIterator]();
        return await real.next();
      };
      return {
        next: () =>
          through(
            next,
            ({ done, value }) => (done === true ? null : [write(value)]),
            (written): IteratorResult<T> =>
              written === null ? { done: true, value: undefined } : { done: false, value: read((written as unknown[])[0]) },
          ),
        return: async () => (await real?.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

const bytesText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const textBytes = (written: unknown): Uint8Array => new Uint8Array(Buffer.from(String(written), 'base64'));

interface Answer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: Uint8Array | null;
}
type WrittenAnswer = Omit<Answer, 'body'> & { readonly body: string | null };

// The body is read at once: what arrives later could not be recorded as one answer.
async function askedThrough(ask: () => Promise<Response>, through: Through, secrets: HiddenSecrets): Promise<Response> {
  const { status, headers, body } = await through(
    async (): Promise<Answer> => {
      const answer = await ask();
      const body = answer.body === null ? null : new Uint8Array(await answer.arrayBuffer());
      return { status: answer.status, headers: [...answer.headers], body };
    },
    ({ body, ...answer }): WrittenAnswer => ({ ...answer, body: body && bytesText(secrets.bytes(body)) }),
    (written) => {
      const { body, ...answer } = written as WrittenAnswer;
      return { ...answer, body: body === null ? null : textBytes(body) };
    },
  );
  return new Response(body as Uint8Array<ArrayBuffer> | null, { status, headers });
}

type WrittenError = NonNullable<ToolLine['throws']>;

function thrownText(thrown: unknown): WrittenError {
  const message = messageOf(thrown);
  if (thrown instanceof CodedError) return { name: thrown.name, message, code: thrown.code, blame: thrown.blame };
  const { name = 'Error', code } = thrown instanceof Error ? (thrown as Error & { code?: unknown }) : {};
  return { name, message, ...(typeof code === 'string' && { code }) };
}

function thrownAgain({ name, message, code, blame }: WrittenError): Error {
  if (code !== undefined && blame !== undefined) return new CodedError({ code, blame: blame as Blame, sentence: message }, {});
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });
}
