import { expect, test } from 'vitest';
import { contractFaults } from './faults.ts';
import { faultText } from './term.ts';

const ports = {
  in: { direction: 'in', many: false },
  out: { direction: 'out', many: false },
  outs: { direction: 'out', many: true, channels: 2 },
  desk: { direction: 'in', many: false, protocol: 'call' },
} as const;

const faults = (text: string): string[] => contractFaults(text, ports).map(faultText);

test.each([
  'P = in -> out -> P [] in.end -> out.end -> SKIP',
  'P = in -> outs.0 -> outs.(0+1) -> P [] in.end -> SKIP',
  'P = desk.ask -> desk.reply -> P',
  'P = in -> (out -> P |~| P) [] in.end -> SKIP',
  'P = SKIP',
])('[K5] %j has no fault', (text) => {
  expect(faults(text)).toEqual([]);
});

test.each([
  ['P = in ->', 'line 1, column 10: expected a process, found the end of the text'],
  ['P = it -> P', 'line 1, column 5: it: there is no port it; there are in, out, outs, desk'],
  ['P = constructor -> P', 'line 1, column 5: constructor: there is no port constructor; there are in, out, outs, desk'],
  ['P = in.0 -> P', 'line 1, column 5: in.0: in has one channel, so it takes no index'],
  ['P = outs -> P', 'line 1, column 5: outs: outs has many channels, so say which: outs.0'],
  ['P = outs.end -> P', 'line 1, column 5: outs.end: outs has many channels, so say which: outs.0'],
  ['P = in.ask -> P', 'line 1, column 5: in.ask: in is a data port, it has no .ask'],
  ['P = desk -> P', 'line 1, column 5: desk: desk is a call port: .ask or .reply'],
  ['P = P [| it |] P', 'line 1, column 10: it: there is no port it; there are in, out, outs, desk'],
  ['P = outs.2 -> P', 'outs.2: outs has 2 channels here, counted from 0'],
  ['P = in -> P [] out.end -> in -> out -> P', 'after out.end, in it sends out, which it has ended'],
  ['P = in -> STOP', 'after in it stops without having ended: nothing is possible and it is not SKIP'],
  [
    'P = in -> SKIP [| in |] out -> in -> in -> SKIP',
    'after out, in it stops without having ended: nothing is possible and it is not SKIP',
  ],
  ['P = P', 'P calls itself before it has communicated: put an event before the call'],
  ['P = in -> Q Q = SKIP |~| Q', 'after in it can go on deciding for ever without communicating'],
])('[K5] %j: %s', (text, message) => {
  expect(faults(text)).toEqual([message]);
});

test('[K5] every wrong event is named, not only the first', () => {
  expect(faults('P = it -> that -> P')).toHaveLength(2);
});
