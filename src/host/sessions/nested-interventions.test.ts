import { expect, test } from 'vitest';
import { catalog, draw } from '#host/testing/designs.ts';
import { manualTools } from '#kit/testing.ts';
import { expand } from '#model/expand.ts';
import { intervene } from './interventions.ts';
import { wire } from './wire.ts';

const worker = draw({ work: { kind: 'flow.delay', settings: { delayMs: 1, holds: 1 } } });

test('[D18] a node that stands for others is paused with every process within; it goes on as a whole, and takes no step of its own', async () => {
  const { flat } = expand(
    draw(
      {
        from: { kind: 'io.manual', settings: { repeat: 0, intervalMs: 10 } },
        farm: { kind: 'control.farm', settings: { design: 'worker', input: 'work.in', output: 'work.out' } },
        to: { kind: 'compute.discard' },
      },
      ['from.out -> farm.in', 'farm.out -> to.in'],
    ),
    catalog,
    ({ design }) => ({ key: design, body: worker }),
  );
  const tools = manualTools();
  const turns: (() => void)[] = [];
  const network = wire({ design: flat, catalog, tools: () => tools, defer: (turn) => void turns.push(turn) });
  const passMs = (ms: number): void => {
    for (let passed = 0; passed < ms; passed++) {
      tools.clock.advance(1);
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
    }
  };
  const received = (): number => network.channel('c1').received;
  network.start();
  passMs(50);
  await intervene(network, { do: 'node.pause', node: 'farm' });
  const held = network.processes().filter((process) => process.held === true);
  expect(held.map(({ node }) => node)).toEqual(['farm/1/work', 'farm/share', 'farm/collect']);
  const before = received();
  passMs(100);
  expect(received()).toBe(before);
  await intervene(network, { do: 'node.resume', node: 'farm' });
  passMs(50);
  expect(received()).toBeGreaterThan(before);
  await network.pause();
  await expect(intervene(network, { do: 'step', node: 'farm' })).rejects.toMatchObject({ code: 'HOST_STEP_NODE_UNKNOWN' });
  const stopped = network.stop();
  passMs(1);
  await stopped;
});
