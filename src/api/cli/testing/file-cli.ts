import { createFileCommands } from '#app/files/file-commands.ts';
import { systemClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { refineDesign } from '#contract/check/refine/design.ts';
import { prepareDeterminism, searchDeterminism } from '#contract/check/refine/determinism.ts';
import { createCatalog } from '#host/catalog.ts';
import { answerCheck } from '#host/checks/check-question.ts';
import { runCli } from '../cli.ts';

const catalog = createCatalog(components);
const unused = (): never => {
  throw new Error('nothing runs here');
};
const files = createFileCommands({
  catalog,
  clock: systemClock,
  ask: async (question) => answerCheck(question),
  refine: async (body, spec, options) => {
    const answer = refineDesign(body, catalog.component, spec, options);
    return answer.ok ? answer.finding : answer;
  },
  determinism: async (body, options) => {
    const prepared = prepareDeterminism(body, catalog.component, options);
    return prepared.ok ? searchDeterminism(prepared.determinism) : prepared;
  },
  cspm: unused,
  sharedAt: unused,
  hostAt: unused,
});

/** The command line on the components of the product, where nothing runs and searches are made in this thread. */
export async function csp(
  words: string | readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCli(typeof words === 'string' ? words.split(' ') : words, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    version: '1.2.3',
    environment: '',
    colour: false,
    self: 'csp',
    signal: new AbortController().signal,
    serve: unused,
    open: async () => files,
    verifyLog: unused,
  });
  return { code, out: out.join(''), err: err.join('') };
}
