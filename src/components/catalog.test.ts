import { access, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { components } from '#components/catalog.ts';
import { describeComponent } from '#kit/testing/conformance.ts';

/** P1  A component is in the catalogue, under `<group>.<name>`, from `<group>/<name>.ts`, with its test beside it. P2…: conformance.ts. */

const here = fileURLToPath(new URL('.', import.meta.url));
// Of a call under way nothing is saved yet, so kinds with call ports do not rest; kinds that stand for others do not run.
const resting = components.filter(
  ({ spec, nesting }) => nesting === undefined && Object.values(spec.ports).every(({ protocol }) => protocol === 'data'),
);
const kinds = components.map(({ spec }) => ({ kind: spec.kind }));

describe('[P1] the catalogue', () => {
  it('[P1] lists every component file once', async () => {
    const files = (await readdir(here, { recursive: true })).map((path) => path.replaceAll('\\', '/'));
    const sources = files.filter((path) => /^[a-z]+\/[a-z-]+\.ts$/.test(path));
    const expected = sources.map((path) => path.replace(/\.ts$/, '').replace('/', '.'));
    expect(components.map(({ spec }) => spec.kind).toSorted()).toEqual(expected.toSorted());
  });

  it.each(resting.map((component) => ({ component, kind: component.spec.kind })))(
    '[S25] $kind says where it rests',
    ({ component }) => {
      const ports = Object.keys(component.spec.ports);
      expect(component.restsOf({})).not.toEqual([]);
      for (const place of component.restsOf({})) expect([...ports, 'clock']).toContain(place);
    },
  );

  it.each(kinds)('[P1] $kind has its test beside it', async ({ kind }) => {
    await expect(access(`${here}${kind.replace('.', '/')}.test.ts`)).resolves.toBeUndefined();
  });
});

for (const component of components) describeComponent(component);
