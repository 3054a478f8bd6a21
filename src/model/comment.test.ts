import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameName, keptText, mentionOf, mentionsIn, partsOf, placeOf, textFault } from './comment.ts';
import { emptyDesign } from './design.ts';
import { PersonName } from './presence.ts';
import { fits, unplain } from './schema-check.ts';

describe('mentions', () => {
  it.each([
    ['@bea look', ['bea']],
    ['look, @bea.', ['bea']],
    ['(@bea, @ada-l @j.r_2)', ['bea', 'ada-l', 'j.r_2']],
    ['@"Ada Lovelace" and @"ada"', ['Ada Lovelace', 'ada']],
    ['@bea @Bea @bea', ['bea', 'Bea']],
    ['line\n@Zoë\tand @李雷', ['Zoë', '李雷']],
    ['ada@example.org, a.@b, x-@y, @@z', []],
    ['@ @" " @"" @-', []],
    ['@"bad\u202ename" @"two\nlines" @"a\u0007"', []],
    [`@${'x'.repeat(80)} @"${'y'.repeat(81)}"`, ['x'.repeat(80)]],
  ])('[M6] %j mentions %j', (text, names) => {
    expect(mentionsIn(text)).toEqual(names);
  });

  it('[M6] a text is shown in parts that together are the text', () => {
    expect(partsOf('@bea or @"Ada L.", see')).toEqual([
      { text: '@bea', name: 'bea' },
      { text: ' or ' },
      { text: '@"Ada L."', name: 'Ada L.' },
      { text: ', see' },
    ]);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('@', '"', 'a', ' ', '.', '\n') }), (text) => {
        const parts = partsOf(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
      }),
    );
  });

  it('[M6] at most fifty are taken', () => {
    expect(mentionsIn(Array.from({ length: 60 }, (_, n) => `@p${n}`).join(' '))).toHaveLength(50);
  });

  it('[M6] any printable name without a quote can be mentioned', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((some) =>
        some
          .normalize('NFC')
          .replaceAll(new RegExp(`["${unplain}]`, 'gu'), '')
          .trim(),
      )
      .filter((some) => some !== '' && some.length <= 80);
    fc.assert(
      fc.property(name, (who) => {
        expect(mentionsIn(`see ${mentionOf(who)}, please`)).toEqual([who]);
      }),
    );
    expect(mentionOf('bea')).toBe('@bea');
    expect(mentionOf('Ada Lovelace')).toBe('@"Ada Lovelace"');
  });

  it('[M6] a name holds no control character and nothing that turns the direction of writing around', () => {
    for (const name of ['Zoë', '李雷', 'שרה', 'نیلوفر\u200cها', '👩\u200d🚀 Ada'])
      expect([name, fits(PersonName, name)]).toEqual([name, true]);
    for (const name of ['', 'a\nb', 'a\u0000', 'a\u202eb', 'a\u2066b', 'x'.repeat(81)])
      expect([name, fits(PersonName, name)]).toEqual([name, false]);
  });

  it('[M6] a name is the same in large and small letters, however it is composed', () => {
    expect(isSameName('Zo\u00eb', 'zoe\u0308')).toBe(true);
    expect(isSameName('bea', 'ada')).toBe(false);
  });
});

describe('texts', () => {
  it.each([
    ['two\nlines\tand a tab', undefined],
    ['שלום \u200f !', undefined],
    [' \n ', 'says nothing'],
    ['a\u0000b', 'holds a control character, U+0000'],
    ['a\u001b[31m', 'holds a control character, U+001B'],
    ['a\u0085', 'holds a control character, U+0085'],
    ['half \ud800', 'holds a control character, U+D800'],
    ['x'.repeat(10_001), 'has more than 10000 characters'],
  ])('[M3] %j: %s', (text, fault) => {
    expect(textFault(text)).toBe(fault);
  });

  it('[M3] lines end in a line feed, nothing blank at the ends', () => {
    expect(keptText('\r\n a\r\nb\rc \n')).toBe('a\nb\nc');
  });
});

it('[M8] a node is at its corner, a connection halfway between its nodes, and what has no place nowhere', () => {
  const end = (node: string) => ({ node, port: 'p', index: 0 });
  const node = (id: string) => ({ id, kind: 'k.k', version: 1, label: '', settings: {}, onFailure: 'stop' as const });
  const design = {
    ...emptyDesign('d'),
    nodes: { a: node('a'), b: node('b'), c: node('c') },
    connections: {
      w: { id: 'w', from: end('a'), to: end('b'), capacity: 0, policy: 'block' as const },
      v: { id: 'v', from: end('a'), to: end('c'), capacity: 0, policy: 'block' as const },
    },
    canvas: { positions: { a: { x: 0, y: 10 }, b: { x: 100, y: 30 } } },
  };
  expect(placeOf(design, { node: 'b' })).toEqual({ x: 100, y: 30 });
  expect(placeOf(design, { connection: 'w' })).toEqual({ x: 50, y: 20 });
  expect(placeOf(design, { connection: 'v' })).toBeUndefined();
  expect(placeOf(design, { node: 'c' })).toBeUndefined();
  expect(placeOf(design, { node: 'gone' })).toBeUndefined();
  expect(placeOf(design, { point: { x: 1, y: 2 } })).toEqual({ x: 1, y: 2 });
});
