import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { designSetting, formSchema, wordsOf } from './form-schema.ts';

describe('a settings schema as a form', () => {
  it('shows choices as a list, free shapes as JSON, long texts with room', () => {
    const { schema, ui } = formSchema(
      Type.Object({
        mode: Type.Union([Type.Literal('read'), Type.Literal('write')], { default: 'read' }),
        body: Type.Unknown(),
        code: Type.String({ maxLength: 10_000 }),
        names: Type.Record(Type.String(), Type.Number()),
        rules: Type.Array(Type.Object({ op: Type.Union([Type.Literal('='), Type.Literal('<')]), value: Type.Unknown() })),
      }),
    );
    expect(schema.properties?.['mode']).toEqual({ type: 'string', enum: ['read', 'write'] });
    expect(ui).toMatchObject({
      body: { 'ui:field': 'json' },
      code: { 'ui:field': 'typed', 'ui:options': { long: true } },
      names: { 'ui:field': 'json' },
      rules: { items: { value: { 'ui:field': 'json' } } },
    });
  });

  it('lets a design be chosen where one is named', () => {
    const schema = Type.Object({ other: Type.String(), design: Type.String({ format: 'design', default: '' }) });
    expect(formSchema(schema).ui['design']).toEqual({ 'ui:widget': 'design' });
    expect([designSetting(schema), designSetting(Type.Object({})), designSetting(undefined)]).toEqual([
      'design',
      undefined,
      undefined,
    ]);
  });

  it('reads names as words', () => {
    expect(['maxLines', 'path', 'on-start'].map((name) => wordsOf(name))).toEqual(['Max lines', 'Path', 'On start']);
    expect([wordsOf('maxLineBytes', 'bytes'), wordsOf('intervalMs', 'ms')]).toEqual(['Max line', 'Interval']);
  });
});
