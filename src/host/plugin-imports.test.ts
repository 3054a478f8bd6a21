import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugin-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rm(folder, { recursive: true }));

const greeting = `
  import { Type } from 'typebox';
  import { defineComponent } from 'csp-designer/kit/define-component.ts';
  import { output } from 'csp-designer/kit/ports.ts';
  export const greeting = defineComponent({
    kind: 'my.greeting', version: 1, title: 'Greeting', icon: 'hand', summary: 'Says a word and ends.',
    settings: Type.Object({}),
    ports: { out: output(Type.String(), 'The word.') },
    contract: 'HELLO = out -> out.end -> SKIP',
    examples: [],
    *run({ io }): Generator { yield* io.out.send('hello'); },
  });
`;

/** Loads the folder in a Node of its own, as the program does: the test runner resolves imports by its own rules. */
async function loaded(): Promise<string> {
  const script = `
    const { loadComponents } = await import('#host/plugins.ts');
    const { withErr } = await import('#kit/ports.ts');
    const components = await loadComponents(${JSON.stringify(folder)});
    console.log(components.map(({ spec }) => spec.kind + ' ' + (spec.ports.err.schema === withErr({}).err.schema)).join());
  `;
  const { stdout } = await promisify(execFile)(execPath, ['--input-type=module', '-e', script], { cwd: root });
  return stdout.trim();
}

describe('a plugin folder outside the program', () => {
  it('imports the kit of this very program, and what the program has installed', async () => {
    await writeFile(join(folder, 'greeting.ts'), greeting);
    expect(await loaded()).toBe('my.greeting true');
  });

  it('that imports what is nowhere is told so', async () => {
    await writeFile(join(folder, 'greeting.ts'), `import 'no-such-package';`);
    await expect(loaded()).rejects.toThrow('no-such-package');
  });
});
