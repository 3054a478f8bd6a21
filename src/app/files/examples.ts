import { cp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { App } from '#app/app.ts';
import { owner } from '#app/parts.ts';
import { CodedError } from '#base/errors.ts';
import { hasEnded } from '#model/sessions/session.ts';

/** A folder that is documentation, demo and test at once: `design.json`, perhaps `given/` (its files) and `components/` (its kinds). */
export interface ExampleFolder {
  readonly name: string;
  readonly design: string;
  readonly given?: string;
  readonly components?: string;
}

const caller = owner('example');

/** The example folders below `folder`, sorted by name; none when there is no such folder. */
export async function findExamples(folder: string): Promise<readonly ExampleFolder[]> {
  const names = await namesIn(folder);
  const found = await Promise.all(names.map((name) => exampleAt(join(folder, name))));
  return found.filter((example) => example !== undefined);
}

async function exampleAt(folder: string): Promise<ExampleFolder | undefined> {
  const names = await namesIn(folder);
  if (!names.includes('design.json')) return undefined;
  return {
    name: basename(folder),
    design: join(folder, 'design.json'),
    ...(names.includes('given') && { given: join(folder, 'given') }),
    ...(names.includes('components') && { components: join(folder, 'components') }),
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );
}

/**
 * Brings the examples into a store that holds no design yet, and their given files into `filesFolder`, where files that
 * are already there stay as they are.
 */
export async function seedExamples(app: App, examples: readonly ExampleFolder[], filesFolder: string): Promise<void> {
  if ((await app.listDesigns(caller, { limit: 1 })).items.length > 0) return;
  for (const { design, given } of examples) {
    if (given !== undefined) await cp(given, join(filesFolder, 'given'), { recursive: true, force: false });
    await app.importFile(caller, design);
  }
}

/** Starts the stored design of an example, found by its name, unless it runs, is no longer there, or cannot run as it is drawn now. */
export async function startExample(app: App, example: ExampleFolder): Promise<void> {
  const { name } = JSON.parse(await readFile(example.design, 'utf8')) as { name: string };
  const { items } = await app.listDesigns(caller, { limit: 200 });
  const design = items.find((candidate) => candidate.name === name);
  if (design === undefined) return;
  const sessions = await app.listSessions(caller, { designId: design.id, limit: 200 });
  if (!sessions.items.every(({ state }) => hasEnded(state))) return;
  try {
    await app.executeDesign(caller, design.id);
  } catch (thrown) {
    // Somebody may have left it half drawn, and the server must still start.
    if (!(thrown instanceof CodedError && thrown.blame === 'input')) throw thrown;
  }
}
