import { expect, test } from 'vitest';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import type { Lookup } from '#contract/wiring.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { prepareCheck, searchDeadlock } from './check.ts';

const endless = kind('a.endless', 'out:out', 'S = out -> S');
const sink = kind('a.sink', 'in:in', 'S = in -> S [] in.end -> SKIP');
const deadlock = (body: DesignBody, kinds: Lookup): Finding => searchDeadlock(prepareCheck(body, kinds));

test('[K3] who decides alone can decide for what nobody takes; a choice between what is offered cannot', () => {
  const never = kind('a.never', 'in:in', 'N = STOP');
  const body = design({ c: 'a.chooser', s: 'a.sink', n: 'a.never' }, ['c.one -> s.in', 'c.other -> n.in']);
  const of = (choice: string) => kind('a.chooser', 'out:one out:other', `C = one -> C ${choice} other -> C`);
  const verdicts = ['[]', '|~|'].map((choice) => deadlock(body, lookupOf(of(choice), sink, never)).verdict);
  expect(verdicts).toEqual(['proved', 'refuted']);
});

test('[V140] in a wide system two neighbours at a time are asked before the rules', () => {
  const lanes = (count: number) => {
    const each = Array.from({ length: count }, (_, n) => n);
    const nodes = Object.fromEntries(
      each.flatMap((n) => [
        [`a${n}`, 'a.endless'],
        [`b${n}`, 'a.sink'],
      ]),
    );
    return deadlock(
      design(
        nodes,
        each.map((n) => `a${n}.out -> b${n}.in`),
      ),
      lookupOf(endless, sink),
    );
  };
  expect([lanes(10), lanes(2_600)]).toMatchObject([
    { verdict: 'proved', engine: 'rules' },
    { verdict: 'proved', engine: 'pairs' },
  ]);
});
