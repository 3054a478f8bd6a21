import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { endText, greatestCapacity } from './design.ts';
import { Edit } from './edits/edit.ts';
import { faultsOf, mayFit } from './schema-check.ts';
import { hasEnded } from './sessions/session.ts';
import { greatestDepth, settingFaults, withDefaults } from './settings.ts';

describe('schemas', () => {
  it('[D1] an end is written with its index on a many port', () => {
    const end = { node: 'a', port: 'out', index: 2 };
    expect([endText(end, true), endText(end, false)]).toEqual(['a.out[2]', 'a.out']);
  });

  it('[D5] a channel is never unbounded', () => {
    const edit = { do: 'connection.set', id: 'w', capacity: greatestCapacity + 1 };
    expect(faultsOf(Edit, edit).length).toBeGreaterThan(0);
  });

  it('[E5] types that have something in common may fit, and what says no type may be anything', () => {
    expect(mayFit({ type: 'integer' }, { type: 'number' })).toBe(true);
    expect(mayFit({ type: 'string' }, { type: 'number' })).toBe(false);
    expect(mayFit({}, { type: 'number' })).toBe(true);
    expect(mayFit(undefined, undefined)).toBe(true);
    expect(mayFit(Type.Union([Type.String(), Type.Null()]), { type: ['null', 'object'] })).toBe(true);
    expect(mayFit(Type.Union([Type.String(), Type.Null()]), { type: 'object' })).toBe(false);
  });

  it('faults come most specific first and name a stray field', () => {
    const schema = Type.Object({ a: Type.Object({ b: Type.Integer() }) }, { additionalProperties: false });
    expect(faultsOf(schema, { a: { b: 'x' }, 'c/d': 1 })).toEqual([
      { pointer: '/c~1d', message: 'no such field: c/d' },
      { pointer: '/a/b', message: 'must be integer' },
    ]);
  });
});

describe('[E1] a value that does not fit', () => {
  it('[E1] has a fault, whatever the number of stray fields', () => {
    const stray = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`x${n}`, undefined]));
    expect(faultsOf(Type.Object({}, { additionalProperties: false }), stray).length).toBeGreaterThan(0);
  });
});

describe('[D6] settings', () => {
  const spec = {
    settings: Type.Object({
      a: Type.Integer({ default: 3 }),
      b: Type.Object({ c: Type.String({ default: 'x' }) }, { default: {} }),
    }),
  };

  it('[D6] defaults fill what is left out, and the given settings stay as they are', () => {
    const given = { b: {} };
    expect(withDefaults(spec, given)).toEqual({ a: 3, b: { c: 'x' } });
    expect(given).toEqual({ b: {} });
  });

  it('[D6] are JSON values, nested no deeper than the limit', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(settingFaults(spec, { more: nested(greatestDepth - 1) })).toEqual([]);
    expect(settingFaults(spec, { more: nested(greatestDepth) })[0]?.message).toContain('deeper');
    expect(settingFaults(spec, { more: Number.NaN })[0]).toEqual({ pointer: '/more', message: 'must be a finite number' });
    expect(settingFaults(spec, { more: [new Date(0)] })[0]?.pointer).toBe('/more/0');
  });
});

describe('[S1] a session', () => {
  it('[S1] has ended when it completed, stopped or failed', () => {
    const states = ['starting', 'running', 'pausing', 'paused', 'stopping', 'completed', 'stopped', 'failed'] as const;
    expect(states.filter(hasEnded)).toEqual(['completed', 'stopped', 'failed']);
  });
});
