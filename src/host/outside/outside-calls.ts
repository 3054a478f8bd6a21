import { type CodedError, defineError } from '#base/errors.ts';
import type { Files, FileWriter, Tools } from '#kit/tools.ts';

const tooManyCalls = defineError(
  'HOST_SESSION_OUTSIDE_CALLS',
  'input',
  'The session had more requests and files under way at once than it may. Do fewer side by side, or raise the limit.',
);

type OutsideTools = Omit<Tools, 'metrics'>;

/** Counts what one session has under way outside: requests until they are answered, files while they are open, secrets. */
export class OutsideCalls {
  readonly #most: number;
  readonly #exceeded: (error: CodedError, node: string) => void;
  #open = 0;

  /** @param most undefined is without limit. */
  constructor(most: number | undefined, exceeded: (error: CodedError, node: string) => void) {
    this.#most = most ?? Number.POSITIVE_INFINITY;
    this.#exceeded = exceeded;
  }

  /** The same tools, counted; a call too many throws HOST_SESSION_OUTSIDE_CALLS, and tells the session. */
  of(node: string, tools: OutsideTools): OutsideTools {
    if (this.#most === Number.POSITIVE_INFINITY) return tools;
    const { http, files, secret } = tools;
    return {
      ...tools,
      http: (request) => this.#during(node, () => http(request)),
      secret: (name) => this.#during(node, () => secret(name)),
      files: this.#files(node, files),
    };
  }

  #files(node: string, files: Files): Files {
    return {
      read: (path, signal) => this.#while(node, () => files.read(path, signal)),
      watch: (folder, signal) => this.#while(node, () => files.watch(folder, signal)),
      list: (folder) => this.#during(node, () => files.list(folder)),
      write: async (path, mode) => {
        const leave = this.#enter(node);
        try {
          return writerOf(await files.write(path, mode), leave);
        } catch (thrown) {
          leave();
          throw thrown;
        }
      },
    };
  }

  async #during<T>(node: string, call: () => Promise<T>): Promise<T> {
    const leave = this.#enter(node);
    try {
      return await call();
    } finally {
      leave();
    }
  }

  async *#while<T>(node: string, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    const leave = this.#enter(node);
    try {
      yield* open();
    } finally {
      leave();
    }
  }

  #enter(node: string): () => void {
    if (this.#open >= this.#most) {
      const detail = `${node} wanted one more request or file while ${this.#open} were under way in its session, the most allowed at once.`;
      const error = tooManyCalls({ detail, facts: { node, most: this.#most } });
      this.#exceeded(error, node);
      throw error;
    }
    this.#open++;
    let left = false;
    return () => {
      if (!left) this.#open--;
      left = true;
    };
  }
}

function writerOf(writer: FileWriter, leave: () => void): FileWriter {
  return {
    write: (piece) => writer.write(piece),
    close: () => writer.close().finally(leave),
    abandon: () => writer.abandon().finally(leave),
  };
}
