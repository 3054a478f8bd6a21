/** Processes of a benchmark's own: asked one thing at a time, ended when the benchmark ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Asked<Question, Answer> {
  /** Rejects when the process ends before it has answered. */
  ask(question: Question): Promise<Answer>;
  /** Resolves when it has gone. */
  end(): Promise<void>;
}

/** Forks a module that answers each message of its parent with one. */
export function asked<Question extends object, Answer>(module: URL, args: readonly string[] = []): Asked<Question, Answer> {
  const child: ChildProcess = fork(module, args);
  const gone = once(child, 'exit');
  const early = gone.then(([code, signal]): never => {
    throw new Error(`${module.pathname} ${args.join(' ')} ended before it had answered: ${code ?? signal}`);
  });
  early.catch(() => {});
  return {
    async ask(question) {
      const answered = once(child, 'message') as Promise<[Answer]>;
      child.send(question);
      const [answer] = await Promise.race([answered, early]);
      return answer;
    },
    async end() {
      child.kill();
      await gone;
    },
  };
}
