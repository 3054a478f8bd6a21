import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '#contract/check/check.ts';
import { type Drawing, DrawingChecker, type FromChecker } from '#contract/check/drawing.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import { designOf, randomShape } from '#host/testing/random-designs.ts';
import type { ContractWish } from '#model/checks/contract-text.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';

const seed = Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31);
const budget = { maxStates: 20_000, maxMs: 60_000 };

type Told = Extract<FromChecker, { is: 'told' }>;

/** A checker that has only what the page has, and what it has said. */
function pageChecker() {
  const told: FromChecker[] = [];
  const checker = new DrawingChecker(
    (message) => told.push(JSON.parse(JSON.stringify(message)) as FromChecker),
    () => 0,
  );
  checker.hear({ is: 'kinds', specs: structuredClone(JSON.parse(JSON.stringify(catalog.list()))) });
  const answerTo = (wish: ContractWish) => {
    const kind = catalog.component(wish.kind);
    try {
      const { settings, version } = wish;
      const present = kind !== undefined && version < kind.spec.version ? kind.migrate(settings, version) : settings;
      const reads = kind?.contractReads(present, wish.arity);
      return { ...wish, answer: { text: kind?.contractOf(present, wish.arity) ?? '', ...(reads && { reads: [...reads] }) } };
    } catch (thrown) {
      return { ...wish, answer: { fault: (thrown as Error).message } };
    }
  };
  let number = 0;
  const others = ({ validation, more }: Told, drawing: Drawing) => {
    const deadlock = validation.findings.find(({ rule }) => rule === 'deadlock');
    if (!more || deadlock === undefined) return validation;
    checker.hear({ is: 'check', number, drawing, budget, deadlock });
    const last = told.at(-1);
    if (last?.is !== 'told' || last.more) throw new Error(JSON.stringify(last));
    return last.validation;
  };
  const validate = (body: DesignBody) => {
    const { nodes, connections } = body;
    let wishes = 0;
    for (;;) {
      checker.hear({ is: 'check', number: ++number, drawing: { nodes, connections }, budget });
      const last = told.filter(({ is }) => is !== 'progress').at(-1);
      if (last?.is === 'told') return { validation: others(last, { nodes, connections }), wishes };
      if (last?.is !== 'lacking') throw new Error(JSON.stringify(last));
      wishes += last.wishes.length;
      checker.hear({ is: 'texts', texts: last.wishes.map(answerTo) });
    }
  };
  return { validate, told };
}

const deadlockIn = ({ findings }: Validation) => findings.find(({ rule }) => rule === 'deadlock');

describe('[V111] a drawing checked where the components are not', () => {
  test('has the verdict and the findings that the server gives', () => {
    const { validate } = pageChecker();
    fc.assert(
      fc.property(randomShape, (shape) => {
        const body = designOf(shape);
        const server = check(body, catalog.component, budget);
        expect(validate(body).validation).toEqual(JSON.parse(JSON.stringify(server)));
      }),
      { numRuns: 25, seed },
    );
  }, 240_000);

  test('[V144] tells the way to a knot behind a line at once, and the shortest in the end', () => {
    const ids = Array.from({ length: 14 }, (_, n) => `n${n}`);
    const nodes = Object.fromEntries(ids.map((id, n) => [id, { kind: n === 0 ? 'io.manual' : 'flow.merge' }]));
    const wires = ids.slice(1).map((id, n) => `n${n}.out -> ${id}.in[0]`);
    const body = draw(nodes, [...wires.slice(0, -1), 'n12.out -> n13.in[0]', 'n13.out -> n12.in[1]']);
    const { validate, told } = pageChecker();
    const { validation } = validate(body);
    const [first, last] = [told.find(({ is }) => is === 'told') as Told, { validation }].map((one) => deadlockIn(one.validation));
    expect([first?.verdict, last?.verdict, first?.rechecked, last?.rechecked]).toEqual(['refuted', 'refuted', true, true]);
    expect(last?.trace?.steps.length).toBeLessThanOrEqual(first?.trace?.steps.length ?? 0);
    expect(deadlockIn(check(body, catalog.component, budget))?.trace?.steps.length).toBe(last?.trace?.steps.length);
  });

  test('of unknown kinds and of settings without a contract says why, as the server does', () => {
    const { validate } = pageChecker();
    const good = draw({ a: { kind: 'io.manual' }, b: { kind: 'compute.discard' } }, ['a.out -> b.in']);
    const odd = { ...good, nodes: { ...good.nodes, a: { ...good.nodes['a']!, kind: 'no.such' } } };
    expect(validate(odd).validation).toEqual(check(odd, catalog.component, budget));
  });
});

describe('[V112] contracts', () => {
  test('that are a text for ever are not asked for; the others once for each settings and channels', () => {
    const { validate } = pageChecker();
    const line = draw({ a: { kind: 'io.manual' }, b: { kind: 'compute.discard' } }, ['a.out -> b.in']);
    const fixed = catalog.list().filter(({ contractFixed }) => contractFixed);
    expect(fixed.length).toBeGreaterThan(10);
    const first = validate(line).wishes;
    expect(validate(line).wishes).toBe(0);
    // One is the buffer that a repair may put in.
    expect(first).toBeLessThanOrEqual(3);
    const two = draw({ m: { kind: 'flow.choice' }, a: { kind: 'io.manual' } }, ['a.out -> m.in']);
    const three = draw({ m: { kind: 'flow.choice' }, a: { kind: 'io.manual' }, c: { kind: 'io.manual' } }, [
      'a.out -> m.in[0]',
      'c.out -> m.in[1]',
    ]);
    expect(validate(two).wishes).toBeGreaterThan(0);
    expect(validate(three).wishes).toBeGreaterThan(0);
    expect(validate(two).wishes + validate(three).wishes).toBe(0);
  });

  test('are not asked for again when a setting changes that they are not made of', () => {
    const { validate } = pageChecker();
    const of = (settings: object) =>
      draw({ a: { kind: 'io.manual' }, m: { kind: 'flow.choice', settings: { ...settings } }, b: { kind: 'compute.discard' } }, [
        'a.out -> m.in[0]',
        'm.out -> b.in',
      ]);
    const reads = catalog.component('flow.choice')?.contractReads({}, { in: 1 }) ?? [];
    expect(reads).not.toContain('prefer');
    expect(validate(of({ prefer: 'fair' })).wishes).toBeGreaterThan(0);
    expect(validate(of({ prefer: 'priority' })).wishes).toBe(0);
  });

  test('that could not be had before are no fault of the drawing after', () => {
    const { validate } = pageChecker();
    const body = draw({ m: { kind: 'flow.merge' }, a: { kind: 'io.manual' } }, ['a.out -> m.in[0]']);
    expect(validate(body).validation.findings.filter(({ rule }) => rule === 'contract')).toEqual([]);
  });
});
