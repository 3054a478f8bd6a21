import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import { allows, contractMonitor } from './monitor.ts';

const batch = `
  EMPTY   = in -> HOLDING [] in.end -> out.end -> SKIP
  HOLDING = (in -> HOLDING [] in.end -> out -> out.end -> SKIP) |~| out -> EMPTY
`;

test('[K12] a trace is allowed as far as some way through the decisions makes it', () => {
  expect(allows(batch, [])).toEqual({ ok: true });
  expect(allows(batch, ['in', 'in', 'out', 'in.end', 'out.end'])).toEqual({ ok: true });
  expect(allows(batch, ['in', 'in.end', 'out', 'out.end'])).toEqual({ ok: true });
});

test('[K12] the first event that is not allowed is named, with what was', () => {
  expect(allows(batch, ['in', 'in.end', 'in'])).toEqual({ ok: false, at: 2, event: 'in', expected: ['out'] });
  expect(allows(batch, ['out'])).toEqual({ ok: false, at: 0, event: 'out', expected: ['in', 'in.end'] });
  expect(allows(batch, ['else'])).toMatchObject({ ok: false, at: 0 });
});

test('[K12] a process that may have returned ends its outputs, and does nothing else', () => {
  expect(allows('P = in -> SKIP', ['in', 'out.end', 'err.end'])).toEqual({ ok: true });
  expect(allows('P = in -> SKIP', ['in', 'in'])).toMatchObject({ ok: false, at: 1, expected: [] });
  expect(allows('P = in -> P', ['in', 'out.end'])).toMatchObject({ ok: false, at: 1 });
});

test('[K11] [K12] after a send whose reader has gone a process goes on or returns', () => {
  const source = 'P = out -> P';
  expect(allows(source, ['out', 'out.gone', 'out.gone', 'out'])).toEqual({ ok: true });
  expect(allows(source, ['out', 'out.gone', 'out.end', 'err.end'])).toEqual({ ok: true });
  expect(allows(source, ['out', 'out.end'])).toMatchObject({ ok: false, at: 1 });
  expect(allows(source, ['out.gone', 'out', 'out.end'])).toMatchObject({ ok: false, at: 2 });
});

test('[K12] a monitor that said no stays where it was', () => {
  const compiled = compile('P = a -> b -> P');
  if (!compiled.ok) throw new Error(compiled.fault.message);
  const monitor = contractMonitor(compiled.lts);
  expect([monitor.accepts('b'), monitor.accepts('a'), monitor.accepts('a'), monitor.accepts('b')]).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(monitor.expected()).toEqual(['a']);
});

test('[K12] what is no contract cannot be asked', () => {
  expect(() => allows('P =', ['a'])).toThrow(
    'this is no contract: line 1, column 4: expected a process, found the end of the text',
  );
});
