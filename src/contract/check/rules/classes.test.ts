import { expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { kind } from '#contract/testing/designs.ts';
import { classesOf } from './classes.ts';

function namesOf(wanted: string): readonly string[] {
  const component = components.find(({ spec }) => spec.kind === wanted);
  return component === undefined ? [] : classesOf(component).map(({ name }) => name);
}

test.each([
  ['compute.discard', ['client-server', 'I/O-PAR', 'deterministic', 'may end']],
  ['compute.state', ['client-server', 'deterministic', 'may end']],
  ['control.barrier', ['I/O-SEQ', 'deterministic', 'may end']],
  ['control.subdesign', []],
  ['data.filter', ['client-server', 'decides by itself', 'may end']],
  ['flow.broadcast', ['client-server', 'I/O-SEQ', 'deterministic', 'may end']],
  ['flow.buffer', ['rounds', 'deterministic', 'may end']],
  ['flow.merge', ['client-server', 'deterministic', 'may end']],
  ['flow.zip', ['I/O-SEQ', 'deterministic', 'may end']],
  ['io.manual', ['decides by itself', 'may end']],
  ['io.schedule', ['I/O-PAR', 'deterministic', 'never ends']],
] as const)('[V139] the class of %s with two channels on each many port: %s', (name, classes) => {
  expect(namesOf(name)).toEqual(classes);
});

test('[V139] each class says in a sentence what it is good for; a contract that means nothing has none', () => {
  for (const { spec, contractOf } of components)
    for (const { says } of classesOf({ spec, contractOf })) expect(says).toMatch(/^[A-Z][^.]+\.$/);
  expect(classesOf(kind('t.none', 'in:in', 'A = in ->'))).toEqual([]);
});
