import { compareFiles, readUnvouched } from '#app/files/compare-files.ts';
import { setUpGit } from '#app/files/git-setup.ts';
import { CodedError } from '#base/errors.ts';
import { isSame } from '#model/merging/compare.ts';
import { asJson, type Call } from './call.ts';
import { comparisonText, conflictsText, designLines } from './comparison-text.ts';
import { UsageFault } from './usage-fault.ts';

/** The commands that compare and merge design files, also for git. */

/** Two files; one, in lines (git's textconv); or the seven words of a git diff driver, nine when the file was renamed. */
export async function diff(call: Call): Promise<number> {
  const { words, world } = call;
  const [first, second] = words;
  if (words.length === 7 || words.length === 9) return await diffForGit(call);
  if (first === undefined || words.length > 2) throw new UsageFault('which two files? csp diff A B');
  if (second === undefined) {
    world.out(designLines(await readUnvouched(first)));
    return 0;
  }
  const comparison = await compareFiles(first, second);
  world.out(call.flag('json') ? asJson(comparison) : comparisonText(comparison, world.colour));
  return isSame(comparison) ? 0 : 1;
}

// Git stops at a driver that fails, and then shows nothing of the other files either.
async function diffForGit({ words, world }: Call): Promise<number> {
  const [path = '', old = '', , , now = '', , , renamed] = words;
  const head = `csp diff ${path}${renamed === undefined ? '' : ` → ${renamed}`}\n`;
  world.out(world.colour ? `\x1b[1m${head}\x1b[0m` : head);
  try {
    world.out(comparisonText(await compareFiles(old, now), world.colour));
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    world.out(`  ${thrown.message}\n`);
  }
  return 0;
}

/** Three files, and behind them what git says of a conflict: the length of its marks, which we never write, and the path. */
export async function merge(call: Call): Promise<number> {
  const { words, world } = call;
  const [base, ours, theirs, , path] = words;
  if (base === undefined || ours === undefined || theirs === undefined || (words.length !== 3 && words.length !== 5))
    throw new UsageFault('which files? csp merge BASE OURS THEIRS');
  const output = call.text('output');
  const files = await world.open(call.texts('components'), path ?? output ?? ours);
  const merged = await files.merge({ base, ours, theirs, output, path, choose: choices(call) });
  const { text, conflicts, held, report } = merged;
  world.err(conflictsText(path ?? output ?? ours, conflicts));
  if (report !== undefined) world.err(`  written to ${report}\n`);
  if (call.flag('json')) world.out(asJson(output === undefined ? { design: JSON.parse(text), conflicts } : { conflicts }));
  else if (output === undefined) world.out(text);
  return held ? 1 : 0;
}

function choices(call: Call): Record<string, 'ours' | 'theirs'> {
  const pairs = call.texts('choose').map((text) => {
    const [, key, side] = /^(.+)=(ours|theirs)$/.exec(text) ?? [];
    if (key === undefined || side === undefined) throw new UsageFault(`--choose is KEY=ours or KEY=theirs, not ${text}`);
    return [key, side as 'ours' | 'theirs'] as const;
  });
  return Object.fromEntries(pairs);
}

const usualPatterns = ['design.json', '*.design.json'];

export async function gitSetup(call: Call): Promise<number> {
  const { words, world } = call;
  const [folder = '.', extra] = words;
  if (extra !== undefined) throw new UsageFault(`one folder at a time; what is ${extra}?`);
  const given = call.texts('pattern');
  const { attributes, config } = await setUpGit(folder, world.self, given.length > 0 ? given : usualPatterns);
  world.out(attributes.map((line) => `.gitattributes  ${line}\n`).join(''));
  world.out(config.map(([name, value]) => `git config ${name} "${value}"\n`).join(''));
  return 0;
}
