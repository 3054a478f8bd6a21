import { defineError } from '#base/errors.ts';
import { Stepping } from './stepping.ts';
import { type Body, isGenerator } from './strand.ts';

const notGenerator = defineError(
  'RUNTIME_NOT_A_GENERATOR',
  'bug',
  'The behaviour of a process is not a generator: write it as function* and communicate with yield*.',
);

/** A generator for one life. Whatever goes wrong in making it is thrown from inside, where a failure is handled. */
export function beginBody(plan: { body(from?: unknown): unknown }, from: unknown): Body {
  try {
    const life: unknown = plan.body(from);
    return life instanceof Stepping || isGenerator(life) ? life : failing(notGenerator());
  } catch (thrown) {
    return failing(thrown);
  }
}

// biome-ignore lint/correctness/useYield: it is a process that has nothing more to do.
export function* nothingMore(): Body {
  return undefined;
}

// biome-ignore lint/correctness/useYield: it is a process that fails before its first communication.
function* failing(thrown: unknown): Body {
  throw thrown;
}
