import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('./src/', import.meta.url));

/** One change to a source file, for `tools/mutants.ts`. */
// biome-ignore lint/style/noProcessEnv: the tool hands it over so; the program itself reads its environment in one place.
const mutant: { file: string; from: string; to: string } | undefined = JSON.parse(process.env.MUTANT ?? 'null') ?? undefined;
const mutating = {
  name: 'mutant',
  enforce: 'pre' as const,
  transform: (code: string, id: string) =>
    mutant !== undefined && id.endsWith(`/${mutant.file}`) ? code.replace(mutant.from, () => mutant.to) : undefined,
};
const plugins = mutant === undefined ? [] : [mutating];

/** The page's files find `#model/…` by this; those of src by the imports of package.json. */
const resolve = { alias: [{ find: /^#/, replacement: src }] };

const coverage = {
  provider: 'v8' as const,
  include: ['src/**/*.ts', 'web/src/**/*.{ts,tsx}'],
  exclude: ['**/*.test.{ts,tsx}', '**/*.e2e.ts', 'src/components/catalog.ts', 'web/src/client/schema.ts'],
  reporter: ['text-summary', 'html'],
};

/** What all files share, started when the first asks for it. */
const globalSetup = './src/store/testing/shared-postgres.ts';

/**
 * Claims about single parts. Two workers, so that a small machine still answers. What a file imports is there for the next one of its
 * worker, which saves a third of the time: so no test may leave a module or a global changed.
 */
const unit = {
  resolve,
  plugins,
  test: {
    name: 'unit',
    include: ['{src,tools,bench,examples,web}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    isolate: false,
    globalSetup,
    sequence: { groupOrder: 0 },
  },
};

/** The whole product with a browser in front, after the unit tests. */
const e2e = {
  resolve,
  test: {
    name: 'e2e',
    include: ['{src,tools,examples,web}/**/*.e2e.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    isolate: false,
    globalSetup,
    sequence: { groupOrder: 1 },
  },
};

export default defineConfig({ test: { pool: 'forks', coverage, projects: [unit, e2e] } });
