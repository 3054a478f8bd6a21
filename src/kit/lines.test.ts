import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from './lines.ts';

function linesOf(pieces: readonly string[], maxBytes = 1_000): string[] {
  const splitter = new LineSplitter(maxBytes);
  const lines = [...pieces.flatMap((piece) => [...splitter.push(piece)]), ...splitter.end()];
  return lines.map((line) => (line.is === 'line' ? line.text : `line ${line.number} is too long`));
}

describe('lines', () => {
  test('both line ends, across pieces, and a last line without one', () => {
    expect(linesOf(['a\r', '\nb', 'c\n\nd'])).toEqual(['a', 'bc', '', 'd']);
    expect(linesOf(['a\n'])).toEqual(['a']);
    expect(linesOf([])).toEqual([]);
  });

  test('however the text is cut, the lines are the same', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', ' ') });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const whole = text.split('\n');
        if (whole.at(-1) === '') whole.pop();
        expect(linesOf(pieces)).toEqual(whole.map((line) => line.replace(/\r$/, '')));
      }),
    );
  });

  test('a line over the limit ends the reading, and is not held', () => {
    expect(linesOf(['ab\nééé', 'éé\nc\n'], 9)).toEqual(['ab', 'line 2 is too long']);
    expect(linesOf(['ééé\n'], 6)).toEqual(['ééé']);
  });
});
