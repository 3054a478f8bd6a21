import { type TSchema, Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { settingFaults, withDefaults } from '#model/settings.ts';
import { revive } from './revive.ts';

const Settings = Type.Object({
  size: Type.Integer({ default: 3, minimum: 1 }),
  mode: Type.Union([Type.Literal('a'), Type.Literal('b')], { default: 'a' }),
  note: Type.Optional(Type.String()),
  rules: Type.Array(Type.Object({ op: Type.String({ default: '=' }), value: Type.Unknown() }), { default: [] }),
  inner: Type.Object({ deep: Type.Boolean({ default: true }) }, { default: {} }),
  names: Type.Record(Type.String(), Type.Object({ of: Type.Number({ default: 7 }) }), { default: {} }),
});
const overTheWire = revive(JSON.parse(JSON.stringify(Settings)) as TSchema);

describe('a schema that came as JSON', () => {
  it.each([{}, { size: 9 }, { rules: [{ value: 1 }] }, { names: { x: {} } }, { inner: { deep: false }, note: 'n' }])(
    'fills in the defaults of %j as where it was written',
    (given) => {
      expect(withDefaults({ settings: overTheWire }, given)).toEqual(withDefaults({ settings: Settings }, given));
      expect(settingFaults({ settings: overTheWire }, given)).toEqual(settingFaults({ settings: Settings }, given));
    },
  );

  it('finds the same faults, and is the same JSON', () => {
    expect(settingFaults({ settings: overTheWire }, { size: 0 })).toEqual(settingFaults({ settings: Settings }, { size: 0 }));
    expect(JSON.stringify(overTheWire)).toBe(JSON.stringify(Settings));
  });
});
