import { describe, expect, it } from 'vitest';
import { csvRows, jsonRows } from './table.ts';

describe('a result as a table', () => {
  it('reads CSV with quotes, line breaks in them, and no end of line', () => {
    expect(csvRows('a,b\r\n"x, ""y""","1\n2"\n3,', 10)).toEqual([
      ['a', 'b'],
      ['x, "y"', '1\n2'],
      ['3', ''],
    ]);
  });

  it('stops at the number of rows asked for', () => {
    expect(csvRows('a\nb\nc\n', 2)).toEqual([['a'], ['b']]);
  });

  it('reads a list of objects, or one a line, and leaves anything else alone', () => {
    expect(jsonRows('[{"a":1},{"b":"x"}]', 10)).toEqual([
      ['a', 'b'],
      ['1', ''],
      ['', 'x'],
    ]);
    expect(jsonRows('{"a":1}\n{"a":2}\n', 10)).toEqual([['a'], ['1'], ['2']]);
    expect(jsonRows('plain', 10)).toBeUndefined();
  });
});
