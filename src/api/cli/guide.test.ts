import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { answerScript } from '#app/checks/script-question.ts';
import { answersText } from './script-text.ts';

const guide = await readFile(new URL('../../../docs/guide/check.md', import.meta.url), 'utf8');
const scripts = [...guide.matchAll(/^```cspm\n(.*?)^```\n(?:\n[^\n`]+\n\n```text\n(.*?)^```\n)?/gms)].map(
  ([, text = '', said]) => ({
    text,
    said,
  }),
);

describe('the scripts of the guide', () => {
  test('are there, one with its whole answer', () => {
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.filter(({ said }) => said !== undefined)).toHaveLength(1);
  });

  test.each(scripts)('[V105] have the answers that the guide says: $text', ({ text, said }) => {
    const { result } = answerScript({ text, budget: { maxStates: 5_000, maxMs: 60_000 } });
    if (!result.ok) throw new Error(result.fault.message);
    const expected = /^-- Expected: (.*)$/m.exec(text)?.[1]?.split(', ');
    expect(result.answers.map(({ verdict }) => verdict)).toEqual(expected);
    if (said !== undefined) expect(answersText(result.answers).trim()).toBe(said.trim());
  });
});
