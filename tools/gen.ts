/**
 * Makes the generated files: `npm run gen` writes what is stale, `npm run gen -- --check` only lists it and fails.
 *
 * To add an artefact, add it to the table; later ones may import what earlier ones wrote.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { filesBelow, root } from './files.ts';
import { apiDescription } from './gen/api-description.ts';
import { type Artefact, type Stale, staleFiles } from './gen/artefact.ts';
import { catalogue } from './gen/catalogue.ts';
import { clientTypes } from './gen/client-types.ts';
import { componentPages } from './gen/component-pages.ts';
import { errorPage } from './gen/error-page.ts';

const artefacts: readonly Artefact[] = [catalogue, componentPages, errorPage, apiDescription, clientTypes];

async function presentFiles(owns: readonly string[]): Promise<Map<string, string>> {
  const paths = (await Promise.all(owns.map((own) => (own.endsWith('/') ? filesBelow(own.slice(0, -1)) : [own])))).flat();
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8').catch(() => undefined)));
  return new Map(paths.flatMap((path, at) => (texts[at] === undefined ? [] : [[path, texts[at]]])));
}

async function write({ path, text }: Stale): Promise<void> {
  if (text === undefined) return rm(join(root, path));
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** Makes every artefact and answers the sentences about what is wrong with them; writes them unless `checking`. */
async function generate(checking: boolean): Promise<string[]> {
  const problems: string[] = [];
  for (const artefact of artefacts) {
    try {
      const stale = staleFiles(artefact, await artefact.make(root), await presentFiles(artefact.owns));
      for (const file of stale) {
        if (checking) problems.push(`${file.path} is ${file.text === undefined ? 'left over' : 'stale'}: run npm run gen.`);
        else await write(file);
      }
      if (!checking && stale.length > 0) process.stdout.write(`${artefact.name}: ${stale.map(({ path }) => path).join(', ')}\n`);
    } catch (thrown) {
      problems.push(`${artefact.name} could not be made: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
  }
  return problems;
}

const problems = await generate(process.argv.includes('--check'));
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
