import { describe, expect, it } from 'vitest';
import { settingFaults } from '#model/settings.ts';
import { subdesign } from './subdesign.ts';

describe('control.subdesign', () => {
  it('[SD1] stands for the design that is named, with its version and parameters', () => {
    const nesting = subdesign.nesting?.({ design: 'abc', version: 3, parameters: { limit: 7 } });
    expect(nesting).toMatchObject({ design: 'abc', version: 3, parameters: { limit: 7 }, inputs: [], outputs: [] });
  });

  it('[SD2] its channels are the ends listed, each with its place in the settings', () => {
    const nesting = subdesign.nesting?.({ inputs: ['a.in', 'b.in[2]'], outputs: ['c.out'] });
    expect([nesting?.inputs, nesting?.outputs]).toEqual([
      [
        { end: 'a.in', pointer: '/inputs/0' },
        { end: 'b.in[2]', pointer: '/inputs/1' },
      ],
      [{ end: 'c.out', pointer: '/outputs/0' }],
    ]);
  });

  it('[SD2] what is no end is refused when it is written', () => {
    const faults = settingFaults(subdesign.spec, { inputs: ['a.in', 'a'] });
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/inputs/1']);
  });
});
