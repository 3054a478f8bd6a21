import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Composing, compose, type Environment } from './compose.ts';
import { drawnDesigns } from './testing/drawn-designs.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes more of them.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 300), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

test('[V19] after any edits of a design its network is the one from scratch, number by number', () => {
  const environments: readonly Environment[] = ['ready', 'may-refuse', 'seen'];
  fc.assert(
    fc.property(drawnDesigns, fc.boolean(), fc.constantFrom(...environments), ({ versions }, rough, environment) => {
      const composing = new Composing(rough, environment);
      for (const nodes of versions) expect(composing.compose(nodes)).toEqual(compose(nodes, rough, environment));
    }),
    runs,
  );
}, 60_000);

test('[V19] what stands as it stood is the same object', () => {
  fc.assert(
    fc.property(drawnDesigns, ({ versions: [nodes = []] }) => {
      const composing = new Composing(false, 'ready');
      const [one, again] = [composing.compose(nodes), composing.compose(nodes)];
      for (const [part, { name }] of one.parts.entries()) expect(again.parts[part], name).toBe(one.parts[part]);
      for (const [number, event] of one.events.entries()) expect(again.events[number]).toBe(event);
    }),
    runs,
  );
});
