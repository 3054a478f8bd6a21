import { expect, test } from 'vitest';
import { timeText } from './time-text.ts';

test('a time is told by what is needed of it', () => {
  const now = new Date(2026, 10, 27, 18, 0);
  expect(timeText(new Date(2026, 10, 27, 4, 5).getTime(), now)).toBe('04:05');
  expect(timeText(new Date(2026, 10, 26, 23, 59).toISOString(), now)).toBe('26 Nov, 23:59');
  expect(timeText(new Date(2025, 11, 31, 23, 59).getTime(), now)).toBe('31 Dec 2025, 23:59');
});
