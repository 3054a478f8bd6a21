import { Buffer } from 'node:buffer';
import { type Blame, CodedError, messageOf } from '#base/errors.ts';
import type { FileFact, Files, FileWriter, Tools } from '#kit/tools.ts';
import type { ToolLine } from '#runtime/recording.ts';

/**
 * The tools of a node with what they give recorded, or given from a recording. Time and chance are not among them: the clock is
 * recorded by itself, and random numbers follow from the seed. Of a secret it is recorded that there was one, never its value.
 */

type Outside = Pick<Tools, 'http' | 'files' | 'secret'>;

/** Does one call: `real` reaches the outside, `write` and `read` bring its answer into the recording and out of it. */
type Through = <T>(real: () => Promise<T>, write: (given: T) => unknown, read: (written: unknown) => T) => Promise<T>;

/** Tools that tell `write` what each call gave. */
export function recordedTools(real: Outside, node: string, write: (line: ToolLine) => void): Outside {
  let calls = 0;
  return throughAll(real, async (act, written) => {
    const call = calls++;
    try {
      const given = await act();
      write({ do: 'tool', node, call, gives: written(given) ?? null });
      return given;
    } catch (thrown) {
      write({ do: 'tool', node, call, throws: thrownText(thrown) });
      throw thrown;
    }
  });
}

/** Tools that give what the recording says, and reach nothing. A call it knows nothing of is never answered. */
export function replayedTools(lines: readonly ToolLine[], node: string): Outside {
  const own = new Map(lines.filter((line) => line.node === node).map((line) => [line.call, line]));
  let calls = 0;
  const nowhere = {
    http: unreached,
    files: { read: unreached, write: unreached, list: unreached, watch: unreached },
    secret: unreached,
  };
  return throughAll(nowhere, (_act, _written, read) => {
    const line = own.get(calls++);
    if (line === undefined) return new Promise(() => {});
    return line.throws === undefined ? Promise.resolve(read(line.gives)) : Promise.reject(thrownAgain(line.throws));
  });
}

function unreached(): never {
  throw new Error('a replay reaches nothing outside');
}

function throughAll(real: Outside, through: Through): Outside {
  const plain = <T>(act: () => Promise<T>): Promise<T> =>
    through(
      act,
      (given) => given,
      (written) => written as T,
    );
  const files: Files = {
    read: (path, signal) => each(() => real.files.read(path, signal), through, bytesText, textBytes),
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
    http: (request) => askedThrough(() => real.http(request), through),
    secret: (name) =>
      through(
        () => real.secret(name),
        (value) => value !== undefined,
        (there) => (there === true ? 'not-in-the-recording' : undefined),
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

interface WrittenAnswer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: string | null;
}

// The body is read at once: what arrives later could not be recorded as one answer.
async function askedThrough(ask: () => Promise<Response>, through: Through): Promise<Response> {
  const written = await through(
    async (): Promise<WrittenAnswer> => {
      const answer = await ask();
      const body = answer.body === null ? null : bytesText(new Uint8Array(await answer.arrayBuffer()));
      return { status: answer.status, headers: [...answer.headers], body };
    },
    (answer) => answer,
    (answer) => answer as WrittenAnswer,
  );
  const { status, headers, body } = written;
  return new Response(body === null ? null : (textBytes(body) as Uint8Array<ArrayBuffer>), { status, headers });
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
