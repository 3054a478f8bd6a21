import { describe, expect, it } from 'vitest';
import { describeComponent } from '#kit/testing/conformance.ts';
import { impatient, pause, rig } from '#kit/testing.ts';
import { semaphore } from './semaphore.ts';

describeComponent(semaphore);

const [has, back] = [
  { holds: true, lapsed: false },
  { holds: false, lapsed: false },
];

describe('control.semaphore', () => {
  it('[X1] [X2] one that asks while another holds waits until that one gives back', async () => {
    const { gives, timesMs } = await rig(semaphore).run({
      'acquire[0]': [null, pause(100), null, pause(100)],
      'acquire[1]': [pause(10), null, null],
    });
    expect(gives).toMatchObject({ 'acquire[0]': [has, back], 'acquire[1]': [has, back] });
    expect(timesMs).toMatchObject({ 'acquire[0]': [0, 100], 'acquire[1]': [100, 100] });
  });

  it('[X2] two permits are held by two', async () => {
    const user = [null, pause(100), null];
    const { timesMs } = await rig(semaphore, { settings: { permits: 2 } }).run({
      'acquire[0]': user,
      'acquire[1]': user,
      'acquire[2]': user,
    });
    expect(timesMs).toMatchObject({ 'acquire[0]': [0, 100], 'acquire[1]': [0, 100], 'acquire[2]': [100, 200] });
  });

  it('[X3] who asked first is next', async () => {
    const { timesMs } = await rig(semaphore).run({
      'acquire[0]': [null, pause(100), null],
      'acquire[1]': [pause(20), null, pause(100), null],
      'acquire[2]': [pause(10), null, pause(100), null],
    });
    expect(timesMs).toMatchObject({ 'acquire[1]': [200, 300], 'acquire[2]': [100, 200] });
  });

  it('[X4] one that gives up waits no longer, and asks anew', async () => {
    const { gives, timesMs } = await rig(semaphore).run({
      'acquire[0]': [null, pause(100), null, pause(500)],
      'acquire[1]': [pause(10), impatient(null, 50), pause(100), null, null],
    });
    expect(gives['acquire[1]']).toEqual([{ late: true }, has, back]);
    expect(timesMs['acquire[1]']).toEqual([60, 160, 160]);
  });

  it('[X5] a permit held too long is taken back, and its user is told', async () => {
    const { gives, timesMs } = await rig(semaphore, { settings: { leaseMs: 50 } }).run({
      'acquire[0]': [null, pause(100), null],
      'acquire[1]': [pause(10), null, null],
    });
    expect(gives['acquire[0]']).toEqual([has, { holds: false, lapsed: true }]);
    expect(timesMs['acquire[1]']?.[0]).toBe(50);
  });

  it('more users than its contract can count are refused in words', () => {
    expect(() => semaphore.contractOf({}, { acquire: 7 })).toThrow('a semaphore takes at most 6 users');
  });
});
