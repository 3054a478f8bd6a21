import { describe, expect, test } from 'vitest';
import { rememberingPlan, type State } from './state.ts';

const declared = (version: number, migrate?: (value: unknown, fromVersion: number) => unknown) => ({
  state: { kind: 'my.kind', declared: { version, initial: () => ({ count: 0 }), ...(migrate && { migrate }) } },
  restsOf: () => ['in'],
});

/** What a life is begun with, from what was saved. */
function begun(component: ReturnType<typeof declared>, from?: unknown): State<unknown> {
  let given: State<unknown> | undefined;
  const plan = rememberingPlan(component, {}, 'counter', function* (state) {
    given = state;
    yield* [];
  });
  plan.body(from)[Symbol.iterator]().next();
  return given as State<unknown>;
}

describe('the state of a node', () => {
  test('[S25] is what it begins with, or what was saved', () => {
    expect(begun(declared(1)).value).toEqual({ count: 0 });
    expect(begun(declared(1), { version: 1, value: { count: 7 } }).value).toEqual({ count: 7 });
  });

  test('[S25] of a newer version is refused, with the node and what to do', () => {
    expect(() => begun(declared(2), { version: 3, value: {} })).toThrow(
      expect.objectContaining({
        code: 'KIT_STATE_NEWER',
        message:
          'The saved state of node counter is of version 3; my.kind here knows versions up to 2. Use the program that saved it, or a newer one.',
        facts: { node: 'counter', kind: 'my.kind', savedVersion: 3, version: 2 },
      }),
    );
  });

  test('[S25] of an older version is brought to the present one, or refused', () => {
    const migrate = (value: unknown, from: number) => ({ count: (value as { n: number }).n * 10 + from });
    expect(begun(declared(2, migrate), { version: 1, value: { n: 4 } }).value).toEqual({ count: 41 });
    const refused = expect.objectContaining({ code: 'KIT_STATE_UNREADABLE', message: expect.stringContaining('node counter') });
    expect(() => begun(declared(2), { version: 1, value: {} })).toThrow(refused);
    expect(() => begun(declared(2, migrate), { version: 1, value: null })).toThrow(refused);
  });

  test('[S26] is saved as it is now: changed in place, or as the process says', () => {
    const plan = rememberingPlan(declared(1), {}, 'counter', function* (state) {
      (state.value as { count: number }).count = 3;
      yield* [];
    });
    const life = plan.body()[Symbol.iterator]();
    expect([plan.save?.(), plan.holds?.()]).toEqual([{ version: 1, value: { count: 0 } }, false]);
    life.next();
    expect([plan.save?.(), plan.holds?.()]).toEqual([{ version: 1, value: { count: 3 } }, true]);
  });
});
