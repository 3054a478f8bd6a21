import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { check, prepareCheck, searchDeadlock } from '#contract/check/check.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { randomDesign } from '#contract/testing/random.ts';
import type { KnownKind, Lookup, WiredNode } from '#contract/wiring.ts';
import type { Repair } from '#model/checks/finding.ts';
import type { PortSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { choiceForZip } from './choice-for-zip.ts';
import { repairsOf } from './repair.ts';

const lookup = lookupOf(
  kind('a.speaker', 'in:in out:out', 'S = out -> in -> S'),
  kind('a.map', 'in:in out:out', 'M = in -> out -> M'),
  kind('a.both', 'out:a out:b', 'B = a -> b -> B'),
  kind('a.either', 'in:a in:b', 'E = b -> a -> E'),
  kind('flow.buffer', 'in:in out:out', ({ initial, capacity }) => {
    const [held, most] = [(initial as unknown[]).length, Number(capacity)];
    return `B = H(${held})\nH(n) = (if n < ${most} then in -> H(n+1) else STOP) [] (if n > 0 then out -> H(n-1) else STOP)`;
  }),
);

function repaired(body: DesignBody, known: Lookup = lookup): readonly Repair[] {
  return check(body, known).findings.find(({ rule }) => rule === 'deadlock')?.repairs ?? [];
}

/** As a person would: by the edits, and then the check. */
function verdictAfter(body: DesignBody, { edits }: Repair, known: Lookup): string {
  const applied = applyAll(body, edits, { get: (name) => known(name)?.spec });
  if (!applied.ok) throw new Error(`${applied.refusal.code}: ${applied.refusal.message}`);
  return searchDeadlock(prepareCheck(applied.design, known)).verdict;
}

describe('[V90] what helps', () => {
  test('a capacity, where two that speak first wait for each other', () => {
    const body = design({ a: 'a.speaker', b: 'a.speaker' }, ['a.out -> b.in', 'b.out -> a.in']);
    const [first] = repaired(body);
    expect(first).toMatchObject({
      says: expect.stringMatching(/^give [ab]\.out → [ab]\.in a capacity of 1$/),
      edits: [{ do: 'connection.set', capacity: 1 }],
      changes: 1,
    });
    expect(verdictAfter(body, first as Repair, lookup)).toBe('proved');
  });

  test('two ends that change places, where one reads in another order than is sent', () => {
    const body = design({ a: 'a.both', b: 'a.either' }, ['a.a -> b.a', 'a.b -> b.b']);
    const swap = repaired(body).find(({ changes }) => changes === 2);
    expect(swap?.says).toMatch(/ change places$/);
    expect(verdictAfter(body, swap as Repair, lookup)).toBe('proved');
  });

  test('of a sort that has many two, so that others are seen: philosophers may also take their forks in another order', () => {
    const repairs = repaired(philosophers(4, false), dining);
    expect(repairs.map(({ says }) => (says.includes('change places') ? 'order' : 'capacity'))).toEqual([
      'capacity',
      'capacity',
      'order',
      'order',
    ]);
    for (const repair of repairs) expect(verdictAfter(philosophers(4, false), repair, dining)).toBe('proved');
  });

  test('a first message, where a loop waits for one', () => {
    const body = design({ a: 'a.map', b: 'a.map' }, ['a.out -> b.in', 'b.out -> a.in | 2']);
    const repairs = repaired(body);
    expect(repairs[0]).toMatchObject({ changes: 3, says: expect.stringContaining('begin with a message') });
    expect(verdictAfter(body, repairs[0] as Repair, lookup)).toBe('proved');
  });

  test('nothing is offered that was not proved to help, nor for a design that is free', () => {
    const hopeless = lookupOf(
      kind('a.mute', 'in:in out:out', 'M = in -> out -> STOP'),
      kind('a.map', 'in:in out:out', 'M = in -> out -> M'),
    );
    expect(repaired(design({ a: 'a.mute', b: 'a.map' }, ['a.out -> b.in', 'b.out -> a.in']), hopeless)).toEqual([]);
    expect(repaired(philosophers(3, true), dining)).toEqual([]);
  });
});

const kinds = new Map(components.map((component) => [component.spec.kind, component]));
const real: Lookup = (name) => kinds.get(name);

describe('[V138] a choice in the place of a zip', () => {
  const sorted = { s: 'io.manual', r: 'flow.route', z: 'flow.zip', k: 'compute.discard' };
  const wires = ['s.out -> r.in', 'r.out[0] -> z.in[0]', 'r.rest -> z.in[1] | 2', 'z.tuple -> k.in'];
  const ofZip = (repairs: readonly Repair[]) => repairs.find(({ says }) => says.startsWith('put a choice in the place of z,'));

  test('is offered where what is sorted is to be zipped again, with the same connections at the ports of a choice', () => {
    const repair = ofZip(repaired(design(sorted, wires), real));
    expect(repair).toMatchObject({ changes: 3, edits: [{ do: 'node.delete', id: 'z' }, { do: 'node.add' }, {}, {}, {}] });
    const body = design(sorted, wires);
    const applied = applyAll(body, repair?.edits ?? [], { get: (name) => real(name)?.spec });
    if (!applied.ok) throw new Error(applied.refusal.message);
    expect(applied.design.nodes.z).toMatchObject({ kind: 'flow.choice', settings: {} });
    expect(applied.design.connections).toEqual({
      ...body.connections,
      c3: { ...body.connections.c3, from: { node: 'z', port: 'out', index: 0 } },
    });
    expect(verdictAfter(body, repair as Repair, real)).toBe('proved');
  });

  test('keeps label, place, rank and time limit; what came too late is told where it was', () => {
    const fed = { ...sorted, z: ['flow.zip', { timeoutMs: 50 }], m: 'flow.merge', l: 'compute.discard' } as const;
    // The time limit lets the zip go on; it is held up by what its reader waits for.
    const body = design(fed, [
      's.out -> m.in[0]',
      'm.out -> r.in',
      'r.out[0] -> z.in[0]',
      'r.rest -> z.in[1]',
      'z.tuple -> m.in[1]',
      'z.timeout -> l.in',
    ]);
    const zip = { ...(body.nodes.z as DesignBody['nodes'][string]), label: 'Join', priority: 'high' as const };
    const drawn = { ...body, nodes: { ...body.nodes, z: zip }, canvas: { positions: { z: { x: 8, y: 16 } } } };
    const { question } = prepareCheck(drawn, real);
    const [candidate] = question === undefined ? [] : [...choiceForZip(question, 'z')];
    expect(candidate?.edits[1]).toEqual({
      do: 'node.add',
      node: { id: 'z', kind: 'flow.choice', label: 'Join', settings: { timeoutMs: 50 }, onFailure: 'stop', priority: 'high' },
      at: { x: 8, y: 16 },
    });
    const applied = applyAll(drawn, candidate?.edits ?? [], { get: (name) => real(name)?.spec });
    if (!applied.ok) throw new Error(applied.refusal.message);
    // What was checked is what the edits make.
    const byId = (list: readonly WiredNode[] = []) => new Map(list.map((node) => [node.id, node]));
    expect(byId(candidate?.changed().nodes)).toEqual(byId(prepareCheck(applied.design, real).question?.nodes));
  });

  test('is not offered where it does not help, or where a reader takes lists alone', () => {
    const loop = { a: 'flow.zip', b: 'flow.merge', k: 'compute.discard' };
    const stuck = design(loop, ['b.out -> a.in[0]', 'a.tuple -> b.in[0]']);
    expect(ofZip(repaired(stuck, real))).toBeUndefined();
    // One that takes lists, and a choice that says it sends numbers.
    const [choice, discard] = ['flow.choice', 'compute.discard'].map((name) => real(name) as KnownKind) as [KnownKind, KnownKind];
    const withPort = (known: KnownKind, port: string, schema: object): KnownKind => {
      const { ports } = known.spec;
      const spec = { ...known.spec, ports: { ...ports, [port]: { ...(ports[port] as PortSpec), schema } } };
      return { spec, contractOf: known.contractOf };
    };
    const lists = withPort(discard, 'in', { type: 'array' });
    const numbers = withPort(choice, 'out', { type: 'number' });
    const among = (...known: readonly KnownKind[]): Lookup => {
      const others = lookupOf(...known);
      return (name) => others(name) ?? real(name);
    };
    const body = design(sorted, wires);
    expect(ofZip(repaired(body, among(lists)))).toBeDefined();
    expect(ofZip(repaired(body, among(numbers)))).toBeDefined();
    expect(ofZip(repaired(body, among(lists, numbers)))).toBeUndefined();
  });
});

/** Rings of those that speak first and those that hear first, some with a capacity. */
const ring: fc.Arbitrary<DesignBody> = fc
  .array(fc.record({ what: fc.constantFrom('a.speaker', 'a.map'), capacity: fc.constantFrom(0, 0, 1) }), {
    minLength: 2,
    maxLength: 5,
  })
  .map((list) =>
    design(
      Object.fromEntries(list.map(({ what }, at) => [`n${at}`, what])),
      list.map(({ capacity }, at) => `n${at}.out -> n${(at + 1) % list.length}.in | ${capacity}`),
    ),
  );
const rings = ring.map((body) => ({ body, lookup }));

/** What a route sorts is zipped again. */
const sortings = fc.array(fc.constantFrom(0, 0, 1), { minLength: 1, maxLength: 2 }).map((capacities) => ({
  body: design(
    {
      s: 'io.manual',
      r: ['flow.route', { rules: capacities.map(() => 'true') }],
      z: 'flow.zip',
      k: 'compute.discard',
    },
    [
      's.out -> r.in',
      ...capacities.map((capacity, at) => `r.out[${at}] -> z.in[${at}] | ${capacity}`),
      `r.rest -> z.in[${capacities.length}]`,
      'z.tuple -> k.in',
    ],
  ),
  lookup: real,
}));

test('[V91] every repair proves the design by its edits alone; the smallest comes first', () => {
  let offered = 0;
  fc.assert(
    fc.property(fc.oneof(rings, sortings, randomDesign), ({ body, lookup: known }) => {
      const prepared = prepareCheck(body, known);
      const finding = searchDeadlock(prepared, { ...usualBudget, maxStates: 5_000 });
      if (prepared.question === undefined || finding.trace === undefined) return;
      const repairs = repairsOf(prepared.question, finding, usualBudget);
      expect(repairs.map(({ changes }) => changes)).toEqual(repairs.map(({ changes }) => changes).sort());
      for (const repair of repairs) expect(verdictAfter(body, repair, known)).toBe('proved');
      offered += repairs.length;
    }),
    { numRuns: 200, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) },
  );
  expect(offered).toBeGreaterThan(4);
}, 120_000);
