import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '#base/random.ts';
import { answer, prepareCheck } from '#contract/check/check.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { reachable } from '#contract/check/full/graph.ts';
import { Walk } from '#contract/check/walk.ts';
import { bufferLink, heldBy } from '#contract/link.ts';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { naiveSteps } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import type { KnownKind, Lookup } from '#contract/wiring.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';

const kinds: readonly KnownKind[] = [
  kind('a.source', 'out:out', 'S = out -> S |~| out.end -> SKIP'),
  kind('a.endless', 'out:out', 'S = out -> S'),
  kind('a.three', 'out:out', 'S = out -> out -> out -> out.end -> SKIP'),
  kind('a.sink', 'in:in', 'S = in -> S [] in.end -> SKIP'),
  kind('a.first', 'in:in', 'F = in -> SKIP [] in.end -> SKIP'),
  kind('a.never', 'in:in out:yes out:no', 'N = in -> no -> N [] in.end -> SKIP'),
  kind('a.half', 'in:in in:other', 'H = in -> H'),
  kind('a.always', 'in:in', 'A = in -> A'),
];
const lookup = lookupOf(...kinds);

function asked(body: DesignBody, rule: string, known: Lookup = lookup, budget = usualBudget): Finding | undefined {
  return answer(prepareCheck(body, known), budget).find((finding) => finding.rule === rule);
}

const sorted = design({ s: 'a.source', n: 'a.never', y: 'a.sink', z: 'a.sink' }, [
  's.out -> n.in',
  'n.yes -> y.in',
  'n.no -> z.in',
]);

describe('[V61] what can never be used', () => {
  test('a connection no message can pass is named', () => {
    expect(asked(sorted, 'never-used')).toMatchObject({ verdict: 'refuted', severity: 'warning', connections: ['c1'] });
  });

  test('so is one that neither side ever speaks of, also where it would hold messages', () => {
    for (const capacity of ['', ' | 3']) {
      const body = design({ s: 'a.endless', h: 'a.half' }, ['s.out -> h.in', `s.err -> h.other${capacity}`]);
      expect(asked(body, 'never-used')).toMatchObject({ verdict: 'refuted', connections: ['c1'], rechecked: true });
    }
  });

  test('[V149] and nodes whose connections never carry anything', () => {
    expect(asked(sorted, 'never-used')).toMatchObject({
      nodes: ['y'],
      message: 'n.yes → y.in can never carry a message: nothing ever passes y',
    });
  });

  test('with a budget too small for all states it is unknown, never refuted', () => {
    const finding = asked(sorted, 'never-used', lookup, { maxStates: 3, maxMs: 1_000 });
    expect(finding).toMatchObject({ verdict: 'unknown', severity: 'info', connections: ['c1'] });
  });

  test('a walk is enough where all can be used, however many states there are', () => {
    const finding = asked(philosophers(8, true), 'never-used', dining, { maxStates: 3, maxMs: 1_000 });
    expect(finding).toMatchObject({ verdict: 'proved', engine: 'walk' });
  });
});

describe('[V60] a random walk', () => {
  test('makes only steps there are, and stops only where there is none', () => {
    fc.assert(
      fc.property(randomSystem, fc.nat(), ({ system }, seed) => {
        const walk = new Walk(system, randomFrom(seed));
        for (let step = 0; step < 30; step++) {
          const before = [...walk.state];
          const event = walk.step();
          const ways = naiveSteps(system, before);
          if (event === undefined) {
            expect(ways).toEqual([]);
            return;
          }
          expect(ways).toContainEqual({ event, to: [...walk.state] });
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('[V153] who waits for the end of one that runs for ever is stuck, and nobody is said to have ended', () => {
  const two = kind('a.two', 'out:out out:other', 'T = other -> T');
  const late = kind('a.late', 'in:in', 'L = in.end -> L');
  const body = design({ t: 'a.two', l: 'a.late', s: 'a.always' }, ['t.out -> l.in', 't.other -> s.in']);
  expect(asked(body, 'partial-deadlock', lookupOf(two, late, ...kinds))).toMatchObject({
    verdict: 'refuted',
    message: expect.stringContaining('l waits for the end of what t sends, which never comes'),
    trace: { waiting: [{ node: 'l', on: [{ peer: 't', never: true }] }] },
  });
});

describe('[V62] messages left over when all have ended', () => {
  test('a reader that returns after its first message leaves the others', () => {
    const finding = asked(design({ s: 'a.three', f: 'a.first' }, ['s.out -> f.in | 2']), 'orphans');
    expect(finding).toMatchObject({ verdict: 'refuted', severity: 'warning', connections: ['c0'] });
    expect(finding?.trace?.steps.filter(({ is }) => is === 'put').length).toBeGreaterThan(
      finding?.trace?.steps.filter(({ is }) => is === 'take').length ?? 99,
    );
  });

  test('[V150] so does one that has returned long before the sender, who learns of it and returns', () => {
    const body = design({ s: 'a.told', f: 'a.first' }, ['s.out -> f.in | 2', 's.more -> f.more']);
    const told = kind('a.told', 'out:out out:more', 'T = out -> out -> more -> T');
    const first = kind('a.first', 'in:in in:more', 'F = in -> SKIP');
    const finding = asked(body, 'orphans', lookupOf(told, first));
    expect(finding).toMatchObject({ verdict: 'refuted', connections: ['c0'], rechecked: true });
    const happened = finding?.trace?.steps.map(({ is, connection }) => `${is} ${connection ?? ''}`) ?? [];
    expect(happened).toContain('leaves c0');
    expect(happened.filter((step) => step === 'put c0').length).toBeGreaterThan(
      happened.filter((step) => step === 'take c0').length,
    );
  });

  test('[V150] one that has taken all before it returns leaves none, though what comes after is discarded', () => {
    const body = design({ s: 'a.told', f: 'a.first' }, ['s.out -> f.in | 2', 's.more -> f.more']);
    const last = kind('a.first', 'in:in in:more', 'F = in -> more -> SKIP');
    const once = kind('a.told', 'out:out out:more', 'T = out -> more -> LAST\nLAST = more -> LAST');
    expect(asked(body, 'orphans', lookupOf(once, last))).toMatchObject({ verdict: 'proved', rechecked: true });
  });

  test('a reader that reads to the end leaves none', () => {
    expect(asked(design({ s: 'a.three', f: 'a.sink' }, ['s.out -> f.in | 2']), 'orphans')?.verdict).toBe('proved');
  });

  test('nothing is said where a process never returns, or nothing is held', () => {
    expect(asked(design({ s: 'a.endless', f: 'a.always' }, ['s.out -> f.in | 2']), 'orphans')).toBeUndefined();
    expect(asked(design({ s: 'a.three', f: 'a.first' }, ['s.out -> f.in']), 'orphans')).toBeUndefined();
  });

  test.each([1, 2, 5])('a state of a buffer of %i tells how many it holds', (capacity) => {
    const { moves } = bufferLink(capacity, 'block');
    for (const [state, list] of moves.entries())
      expect(list.some(({ label }) => label === 'take')).toBe(heldBy(capacity, state) > 0);
    expect(Math.max(...moves.map((_, state) => heldBy(capacity, state)))).toBe(capacity);
  });
});

describe('[V63] the most that connections hold', () => {
  test('is what the states say, not the capacities', () => {
    const body = design({ s: 'a.three', f: 'a.sink' }, ['s.out -> f.in | 9']);
    expect(asked(body, 'memory')?.message).toBe(
      'connections hold at most 3 messages at once; the schema of s.out → f.in does not bound a message',
    );
  });

  test('is the capacities where not all states can be looked at', () => {
    const body = design({ s: 'a.three', f: 'a.sink' }, ['s.out -> f.in | 9']);
    expect(asked(body, 'memory', lookup, { maxStates: 3, maxMs: 1_000 })?.message).toContain('at most 9 messages at once');
  });

  test('is told in bytes where the schema bounds a message', () => {
    const small = kind('a.small', 'out:out', 'S = out -> S');
    const out = { ...small.spec.ports.out!, schema: Type.Boolean() };
    const bounded = { ...small, spec: { ...small.spec, ports: { ...small.spec.ports, out } } };
    const body = design({ s: 'a.small', f: 'a.sink' }, ['s.out -> f.in | 4']);
    expect(asked(body, 'memory', lookupOf(bounded, ...kinds))?.message).toBe(
      'connections hold at most 4 messages at once, 20 bytes',
    );
  });

  test('no state of a random design holds more', () => {
    fc.assert(
      fc.property(randomDesign, ({ body, lookup: known }) => {
        const finding = asked(body, 'memory', known, { maxStates: 2_000, maxMs: 1e6 });
        const { question } = prepareCheck(body, known);
        if (question === undefined || finding === undefined) return;
        const graph = reachable(question.counted, { maxStates: 2_000, maxMs: 1e6 });
        if (!graph.complete) return;
        const most = Number(/at most ([\d,]+)/.exec(finding.message)?.[1]?.replaceAll(',', '') ?? 0);
        const capacities = new Map(Object.values(body.connections).map(({ id, capacity }) => [id, capacity]));
        let seen = 0;
        for (let state = 0; state < graph.graph.states; state++) {
          const vector = graph.graph.vectorOf(state);
          const held = question.counted.parts.map(({ name }, part) =>
            part < question.counted.processes ? 0 : heldBy(capacities.get(name) ?? 0, vector[part] ?? 0),
          );
          seen = Math.max(
            seen,
            held.reduce((a, b) => a + b, 0),
          );
        }
        expect(most).toBe(seen);
      }),
      { numRuns: 150, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) },
    );
  });
});

describe('[V64] whether messages fit where they go', () => {
  const typed = (name: string, ports: string, contract: string, port: string, schema: Type.TSchema): KnownKind => {
    const plain = kind(name, ports, contract);
    const changed = { ...plain.spec.ports[port]!, schema };
    return { ...plain, spec: { ...plain.spec, ports: { ...plain.spec.ports, [port]: changed } } };
  };
  const taker = typed('a.taker', 'in:in', 'T = in -> T', 'in', Type.Integer());
  const body = design({ s: 'a.giver', t: 'a.taker' }, ['s.out -> t.in']);

  test.each([
    [Type.Integer({ minimum: 1 }), 'proved', 'info', 'every message fits where it goes, by the schemas of the ports'],
    [Type.Number(), 'refuted', 'warning', 's.out can send 0.5, which t.in does not take'],
    [Type.Unknown(), 'unknown', 'info', 'the schemas do not tell whether messages of c0 fit where they go'],
  ])('%#', (schema, verdict, severity, message) => {
    const giver = typed('a.giver', 'out:out', 'G = out -> G', 'out', schema);
    expect(asked(body, 'message-schema', lookupOf(giver, taker))).toMatchObject({ verdict, severity, message });
  });
});

test('[V65] stop is proved of every random design: a contract that could decide for ever is none', () => {
  fc.assert(
    fc.property(randomDesign, ({ body, lookup: known }) => {
      const finding = asked(body, 'stop', known, { maxStates: 10, maxMs: 1e6 });
      if (finding !== undefined) expect(finding.verdict).toBe('proved');
    }),
    { numRuns: 100 },
  );
});
