/** Editing: what an edit, a commit and a socket cost. `npm run bench -- editing [SECTION…]`. See README.md for what is measured and what is not. */
import process from 'node:process';
import { commits } from './commits.ts';
import { edits } from './edits.ts';
import { fanOut } from './fan-out.ts';
import { idle } from './idle.ts';
import { opening } from './opening.ts';

const sections = { edits, commits, 'fan-out': fanOut, idle, opening };
type Section = keyof typeof sections;

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(sections, name));
if (unknown !== undefined) {
  process.stderr.write(`No section ${unknown}. There are: ${Object.keys(sections).join(', ')}.\n`);
  process.exitCode = 1;
} else {
  for (const name of (wanted.length === 0 ? Object.keys(sections) : wanted) as Section[]) {
    process.stdout.write(`\n${name}\n\n`);
    await sections[name]();
  }
}
