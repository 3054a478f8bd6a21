import { describe, expect, test } from 'vitest';
import { type CpuProfile, CpuSampling, spentIn } from './cpu-profile.ts';

type Row = readonly [name: string, script: string, line: number, ms: number, children?: readonly number[]];

/** A profile of rows: each is a node of the tree, numbered from 1, and was sampled for so long. */
function profileOf(rows: readonly Row[]): CpuProfile {
  const nodes = rows.map(([functionName, scriptId, lineNumber, , children = []], index) => ({
    id: index + 1,
    callFrame: { functionName, scriptId, url: scriptId === '0' ? '' : `file:///${scriptId}.ts`, lineNumber, columnNumber: 0 },
    children: [...children],
  }));
  const samples = nodes.map(({ id }) => id);
  return { nodes, startTime: 0, endTime: 0, samples, timeDeltas: [0, ...rows.map(([, , , ms]) => ms * 1_000)] };
}

const place = (scriptId: string, lineNumber: number) => ({ scriptId, lineNumber, columnNumber: 0 });

describe('[S67] samples', () => {
  test('[S67] belong to the owner whose script was entered last, with all it calls', () => {
    const profile = profileOf([
      ['(root)', '0', -1, 0, [2, 9]],
      ['turn', 'scheduler', 9, 2, [3, 5]],
      ['run', 'two', 10, 3, [4]],
      ['parse', '0', -1, 4],
      ['step', 'two', 31, 5, [6]],
      ['shared', 'two', 12, 6, [7]],
      ['send', 'scheduler', 90, 7, [8]],
      ['step', 'one', 8, 8],
      ['(idle)', '0', -1, 9],
    ]);
    const owners = new Map(Object.entries({ a: place('two', 10), b: place('two', 30), c: place('one', 3) }));
    const { byOwner, idleMs } = spentIn(profile, owners);
    expect(idleMs).toBe(9);
    const told = [...byOwner].map(([owner, functions]) => [owner, functions.map(({ name, selfMs }) => `${name} ${selfMs}`)]);
    expect(Object.fromEntries(told)).toEqual({
      a: ['parse 4', 'run 3'],
      b: ['send 7', 'shared 6', 'step 5'],
      c: ['step 8'],
      undefined: ['turn 2'],
    });
    expect(byOwner.get('b')?.map(({ at }) => at)).toEqual(['file:///scheduler.ts:91', 'file:///two.ts:13', 'file:///two.ts:32']);
    expect(byOwner.get('a')?.[0]?.at).toBe('');
  });

  test('[S67] are added up by function, wherever it was called', () => {
    const rows: Row[] = [
      ['(root)', '0', -1, 0, [2, 3]],
      ['run', 'one', 1, 1, [4]],
      ['other', 'one', 5, 0, [5]],
      ['help', 'one', 9, 2],
      ['help', 'one', 9, 3],
    ];
    expect(spentIn(profileOf(rows), new Map([['a', place('one', 1)]])).byOwner.get('a')?.[0]).toMatchObject({
      name: 'help',
      selfMs: 5,
    });
  });

  test('[S67] of an empty profile are none', () => {
    expect(spentIn({ nodes: [], startTime: 0, endTime: 0 }, new Map())).toEqual({ byOwner: new Map(), idleMs: 0 });
  });
});

test('[S66] a thread is sampled once at a time, and can be again', async () => {
  const first = await CpuSampling.start();
  await expect(CpuSampling.start()).rejects.toThrow(expect.objectContaining({ code: 'HOST_PROFILE_UNDER_WAY' }));
  const { profile, places } = await first.stop(
    new Map<string, unknown>([
      ['here', profileOf],
      ['nowhere', undefined],
      ['native', Math.max],
    ]),
  );
  expect(profile.nodes[0]?.callFrame.functionName).toBe('(root)');
  expect([...places.keys()]).toEqual(['here']);
  await (await CpuSampling.start()).stop(new Map());
});
