import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './files.ts';

/** Files by path; each value is the text of one. What they import exists in `clean`. */
type Tree = Readonly<Record<string, string>>;

/** A house in order: every kind of import that is allowed and looks like one that is not. */
const clean: Tree = {
  'src/main.ts':
    "import '#api/http/server.ts'; import '#telemetry/metrics.ts'; import './settings.ts'; import '#components/catalog.ts';",
  'src/settings.ts': "import 'node:process'; export const port = 1;",
  'src/base/errors.ts': 'export const one = 1;',
  'src/model/design.ts': "import { one } from '#base/errors.ts'; import 'typebox'; export const two = one;",
  'src/model/design.test.ts': "import 'vitest'; import 'node:fs'; import './design.ts';",
  'src/contract/parse.ts': "import type { two } from '#model/design.ts'; export type Two = typeof two;",
  'src/contract/check/search.ts': "import '../parse.ts'; export const three = 3;",
  'src/runtime/channels/channel.ts':
    "import '#model/design.ts'; export async function f() { await using a = await import('#base/errors.ts'); }",
  'src/kit/define-component.ts':
    "import '#runtime/channels/channel.ts'; import '#contract/parse.ts'; export interface AnyComponent {}",
  'src/kit/testing.ts': "import './define-component.ts'; import 'vitest';",
  'src/components/catalog.ts': "import './flow/batch.ts'; import './flow/delay.ts';",
  'src/components/flow/batch.ts': "import '#kit/define-component.ts'; import './batch/window.ts';",
  'src/components/flow/batch/window.ts': "import 'node:path'; export const width = 1;",
  'src/components/flow/batch.test.ts': "import './batch.ts'; import '#kit/testing.ts'; import '#contract/parse.ts';",
  'src/components/flow/delay.ts': "import '#kit/define-component.ts';",
  'src/store/designs/designs.ts': "import 'kysely'; import '#model/design.ts';",
  'src/host/run.ts': "import '#store/designs/designs.ts'; import '#contract/parse.ts'; import 'node:worker_threads';",
  'src/codegen/cspm.ts': "import '#contract/parse.ts';",
  'src/app/app.ts': "import '#host/run.ts'; import '#codegen/cspm.ts'; import '#store/designs/designs.ts';",
  'src/api/problem.ts': "import '#base/errors.ts';",
  'src/api/http/server.ts': "import '#app/app.ts'; import 'fastify'; import '../problem.ts';",
  'src/api/cli/cli.ts': "import '#app/app.ts'; import '../problem.ts';",
  'src/realtime/socket.ts': "import '#app/app.ts';",
  'src/telemetry/metrics.ts': "import '#model/design.ts';",
  'web/src/main.tsx': "import '#model/design.ts'; import '#contract/parse.ts'; export const a = <p>b</p>;",
  'examples/one/fork.ts': "import '#kit/define-component.ts';",
  'tools/gen.ts': "import '#components/catalog.ts';",
};

/** For each rule the file that breaks it, and how. */
const broken: readonly { rule: string; path: string; text: string }[] = [
  { rule: 'floor-base', path: 'src/base/ids.ts', text: "import '#model/design.ts';" },
  { rule: 'floor-model', path: 'src/model/a.ts', text: "import type { Two } from '#contract/parse.ts';" },
  { rule: 'floor-model', path: 'src/model/b.ts', text: "import { type Two } from '#contract/parse.ts';" },
  { rule: 'floor-model', path: 'src/model/c.ts', text: "export type { Two } from '#contract/parse.ts';" },
  { rule: 'floor-model', path: 'src/model/d.ts', text: "export const f = () => import('#contract/parse.ts');" },
  { rule: 'floor-contract', path: 'src/contract/a.ts', text: "import '#runtime/channels/channel.ts';" },
  { rule: 'certificates-are-checked-apart', path: 'src/contract/certify/a.ts', text: "import '../check/search.ts';" },
  { rule: 'floor-runtime', path: 'src/runtime/a.ts', text: "import '#store/designs/designs.ts';" },
  { rule: 'floor-kit', path: 'src/kit/a.ts', text: "import '#components/flow/delay.ts';" },
  { rule: 'floor-components', path: 'src/components/flow/a.ts', text: "import '#app/app.ts';" },
  { rule: 'floor-components-tests', path: 'src/components/flow/delay.test.ts', text: "import '#app/app.ts';" },
  { rule: 'floor-insight', path: 'src/insight/a.ts', text: "import '#store/designs/designs.ts';" },
  { rule: 'floor-codegen', path: 'src/codegen/a.ts', text: "import '#host/run.ts';" },
  { rule: 'floor-importers', path: 'src/importers/a.ts', text: "import '#runtime/channels/channel.ts';" },
  { rule: 'floor-store', path: 'src/store/a.ts', text: "import '#contract/parse.ts';" },
  { rule: 'floor-host', path: 'src/host/a.ts', text: "import '#app/app.ts';" },
  { rule: 'floor-app', path: 'src/app/a.ts', text: "import '#components/catalog.ts';" },
  { rule: 'floor-api', path: 'src/api/http/a.ts', text: "import '#store/designs/designs.ts';" },
  { rule: 'floor-api', path: 'src/api/http/b.ts', text: "import '#realtime/socket.ts';" },
  { rule: 'floor-realtime', path: 'src/realtime/a.ts', text: "import '#api/http/server.ts';" },
  { rule: 'floor-telemetry', path: 'src/telemetry/a.ts', text: "import '#app/app.ts';" },
  { rule: 'library-of-api-and-realtime', path: 'src/app/b.ts', text: "import type { FastifyInstance } from 'fastify';" },
  { rule: 'library-of-store', path: 'src/app/c.ts', text: "import 'kysely';" },
  { rule: 'no-unknown-folder', path: 'src/utils/strings.ts', text: 'export const a = 1;' },
  { rule: 'no-unknown-folder', path: 'src/helpers.ts', text: 'export const a = 1;' },
  { rule: 'no-cycle', path: 'src/model/e.ts', text: "import './f.ts';" },
  { rule: 'no-unresolved', path: 'src/model/g.ts', text: "import './nothing.ts';" },
  { rule: 'pure-floor-without-node', path: 'src/contract/b.ts', text: "import 'node:fs';" },
  { rule: 'pure-floor-without-node', path: 'src/runtime/b.ts', text: "import type { Readable } from 'stream';" },
  { rule: 'components-are-strangers', path: 'src/components/flow/c.ts', text: "import './delay.ts';" },
  { rule: 'components-are-strangers', path: 'src/components/flow/d.ts', text: "import './batch/window.ts';" },
  { rule: 'doors-are-strangers', path: 'src/api/cli/a.ts', text: "import '#api/http/server.ts';" },
  { rule: 'floors-by-name', path: 'src/model/h.ts', text: "import '../base/errors.ts';" },
  { rule: 'floors-by-name', path: 'web/src/a.ts', text: "import '../../src/model/design.ts';" },
  { rule: 'main-is-imported-by-nobody', path: 'src/app/d.ts', text: "import '../settings.ts';" },
  { rule: 'telemetry-listens', path: 'src/realtime/b.ts', text: "import '#telemetry/metrics.ts';" },
  { rule: 'test-helpers-stay-out', path: 'src/components/flow/e.ts', text: "import '#kit/testing.ts';" },
  { rule: 'test-helpers-stay-out', path: 'src/model/i.ts', text: "import './design.test.ts';" },
  { rule: 'no-dev-dependency-in-product', path: 'src/model/j.ts', text: "import 'vitest';" },
  { rule: 'web-imports-only-pure-floors', path: 'web/src/b.tsx', text: "import '#app/app.ts';" },
  { rule: 'nobody-imports-the-page', path: 'src/app/e.ts', text: "import '../../web/src/main.tsx';" },
  { rule: 'examples-are-components', path: 'examples/one/spoon.ts', text: "import '#store/designs/designs.ts';" },
];

const packages = ['typebox', 'fastify', 'kysely', 'vitest'];
const manifest = { type: 'module', imports: { '#*': './src/*' }, dependencies: { typebox: '', fastify: '', kysely: '' } };

const houses: string[] = [];

/** Builds a tree with the project's own table and answers `rule file` of everything the table refuses. */
async function refused(tree: Tree): Promise<string[]> {
  const house = await mkdtemp(join(tmpdir(), 'floors-'));
  houses.push(house);
  const files: Tree = {
    ...tree,
    'package.json': JSON.stringify({ ...manifest, devDependencies: { vitest: '' } }),
    'web/package.json': '{}',
    ...Object.fromEntries(
      packages.map((name) => [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' })]),
    ),
    ...Object.fromEntries(packages.map((name) => [`node_modules/${name}/index.js`, ''])),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), text);
  }
  await mkdir(join(house, 'node_modules/@swc'));
  await symlink(join(root, 'node_modules/@swc/core'), join(house, 'node_modules/@swc/core'));
  await copyFile(join(root, '.dependency-cruiser.cjs'), join(house, '.dependency-cruiser.cjs'));
  await copyFile(join(root, 'web/tsconfig.json'), join(house, 'web/tsconfig.json'));
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'web', 'tools', 'examples'];
  const cruise = promisify(execFile)(join(root, 'node_modules/.bin/depcruise'), args, { cwd: house, maxBuffer: 2 ** 26 });
  const { stdout } = await cruise.catch((error: { stdout: string; stderr: string }) => {
    if (error.stdout === '') throw new Error(error.stderr);
    return error;
  });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => `${rule.name} ${from}`);
}

let found: string[];

beforeAll(async () => {
  const closing = { 'src/model/f.ts': "import './e.ts';" };
  found = await refused({ ...clean, ...closing, ...Object.fromEntries(broken.map(({ path, text }) => [path, text])) });
});

afterAll(() => Promise.all(houses.map((house) => rm(house, { recursive: true }))));

test('[F0] a house in order passes', async () => {
  expect(await refused(clean)).toEqual([]);
});

test.each(broken)('[F1] $rule refuses $path: $text', ({ rule, path }) => {
  expect(found).toContain(`${rule} ${path}`);
});

test('[F2] every rule of the table is shown to bite', async () => {
  const { default: table } = (await import(join(root, '.dependency-cruiser.cjs'))) as {
    default: { forbidden: { name: string }[] };
  };
  const shown = new Set(broken.map(({ rule }) => rule));
  // One test floor stands for all of them: they are made by the same line.
  const unshown = table.forbidden.map(({ name }) => name).filter((name) => !shown.has(name) && !/^floor-.*-tests$/.test(name));
  expect(unshown).toEqual([]);
});
