import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csp } from './testing/file-cli.ts';

let folder: string;
let line: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-against-'));
  line = join(folder, 'line.json');
  const nodes = { from: { kind: 'io.manual' }, to: { kind: 'compute.discard' } };
  const connections = { wire: { from: 'from.out', to: 'to.in' } };
  await writeFile(line, JSON.stringify({ format: 'csp-design/1', name: 'line', nodes, connections }));
});
afterAll(() => rm(folder, { recursive: true }));

describe('check --against', () => {
  const spec = async (text: string): Promise<string> => {
    const file = join(folder, 'spec.csp');
    await writeFile(file, text);
    return file;
  };

  test('[V53] a design that does what the text allows exits 0; one that does not exits 1 with the steps', async () => {
    const allowed = await csp(`check ${line} --against ${await spec('P = wire -> P |~| wire.end -> SKIP')}`);
    expect([allowed.code, allowed.err]).toEqual([0, '']);
    expect(allowed.out).toContain('refinement: does what the specification allows, in failures and divergences');
    const refused = await csp(`check ${line} --model T --against ${await spec('P = wire -> STOP')}`);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/in traces: after wire it may do wire, which is not allowed there\n/);
    expect(refused.out).not.toContain('nothing can happen');
    const hidden = await csp(`check ${line} --json --hide wire --against ${await spec('P = SKIP |~| STOP')}`);
    expect(JSON.parse(hidden.out)).toMatchObject({
      rule: 'refinement',
      verdict: 'refuted',
      trace: { cycle: expect.any(Number) },
    });
  });

  test('[V54] a design may be the specification', async () => {
    expect((await csp(`check ${line} --against ${line}`)).code).toBe(0);
  });

  test('a text that means nothing exits 2 with line and column', async () => {
    const { code, err } = await csp(`check ${line} --against ${await spec('P = wire ->')}`);
    expect(code).toBe(2);
    expect(err).toContain('spec.csp: line 1, column 12: expected a process, found the end of the text');
    expect((await csp(`check ${line} --against ${folder}/nowhere`)).code).toBe(2);
    expect((await csp(`check ${line} --model T`)).err).toContain('--model goes with --against');
    expect((await csp(`check ${line} --against x --model X`)).err).toContain('--model is T, F or FD, not X');
  });
});
