import { expect, test } from 'vitest';
import { systemOf } from '#contract/automata.ts';
import { philosophers } from '#contract/testing/models.ts';
import { checkAside } from './check-thread.ts';

const budget = { maxStates: 1_000_000, maxMs: 60_000 };
const never = new AbortController().signal;

test('[V84] a system is searched in a thread of its own, and its states are counted past a deadlock', async () => {
  const { climbed, counted, cpuSeconds } = await checkAside(
    { about: { system: philosophers(5).system }, budget, count: true },
    never,
  );
  expect(climbed?.outcome).toMatchObject({ verdict: 'refuted', trace: expect.objectContaining({ length: 5 }) });
  expect(counted).toMatchObject({ states: 242, complete: true });
  expect(cpuSeconds).toBeGreaterThanOrEqual(0);
});

test('[V84] what is not counted to the end says so', async () => {
  const { counted } = await checkAside(
    { about: { system: philosophers(8).system }, budget: { ...budget, maxStates: 100 }, count: true },
    never,
  );
  expect(counted?.complete).toBe(false);
  expect(counted?.states).toBeLessThan(3 ** 8 - 1);
});

test('[V2] a check that is given up ends', async () => {
  const giveUp = new AbortController();
  const endless = { about: { system: philosophers(16).system }, budget: { ...budget, maxStates: 1e9 }, count: true };
  const asked = checkAside(endless, giveUp.signal);
  giveUp.abort();
  await expect(asked).rejects.toMatchObject({ code: 'HOST_CHECK_CANCELLED' });
  await expect(checkAside(endless, giveUp.signal)).rejects.toMatchObject({ code: 'HOST_CHECK_CANCELLED' });
});

test('[V2] a step with more outcomes than anyone can look at is unknown when the time is over', async () => {
  const part = (_: unknown, at: number) => ({
    name: `p${at}`,
    initial: 0,
    states: 2,
    transitions: [
      [0, 'all', 0],
      [0, 'all', 1],
      [1, 'all', 0],
    ] as const,
  });
  const { system } = systemOf(Array.from({ length: 60 }, part));
  const { climbed } = await checkAside({ about: { system }, budget: { maxStates: 1e9, maxMs: 100 }, count: false }, never, 0);
  expect(climbed?.outcome.verdict).toBe('unknown');
});
