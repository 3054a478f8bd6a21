import { expect, test } from 'vitest';
import { errorsText } from './error-page.ts';

test('[G13] codes stand under who has to act; a group without codes says so', () => {
  const text = errorsText([
    { code: 'A_WRONG', blame: 'input', sentence: 'Say it otherwise.' },
    { code: 'B_DOWN', blame: 'world', sentence: 'Try again.' },
  ]);
  expect(text).toContain(
    '## input\n\nThe caller has to change something; trying again as it is does not help.\n\n| code | sentence |',
  );
  expect(text).toContain('| `B_DOWN` | Try again. |');
  expect(text).toMatch(/## bug\n\nWe are wrong\. Please report it\.\n\nNone\.\n$/);
});
