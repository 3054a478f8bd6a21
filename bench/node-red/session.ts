/** The flow as a session of the product, in a process of its own: answers each work with what it took. */
import process from 'node:process';
import { Type } from 'typebox';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import { designOf, hostOf, runToEnd } from '../designs.ts';
import { payload, timed, type Work } from './work.ts';

const Weather = Type.Object({ town: Type.String(), temp: Type.Number(), fahrenheit: Type.Optional(Type.Number()) });

/** What a function node is in Node-RED: a line of one's own. */
const fahrenheit = defineComponent({
  kind: 'bench.fahrenheit',
  version: 1,
  title: 'Fahrenheit',
  icon: 'thermometer',
  summary: 'Adds degrees Fahrenheit.',
  settings: Type.Object({}),
  ports: { in: input(Weather), out: output(Weather) },
  contract: 'F = in -> (out -> F) [] in.end -> out.end -> SKIP',
  examples: [],
  *run({ io }) {
    for (;;) {
      const { ended, value } = yield* io.in.receive();
      if (ended) return;
      value.fahrenheit = value.temp * 1.8 + 32;
      if (!(yield* io.out.send(value))) return;
    }
  },
});

const catalog = createCatalog([...components, fahrenheit]);
const mapping = '$merge([$, { "fahrenheit": temp * 1.8 + 32 }])';

function design({ messages, expressions }: Work) {
  const rules = [{ field: 'temp', op: '>', value: 0 }];
  const nodes = {
    source: { kind: 'io.manual', settings: { payload, repeat: messages, intervalMs: 0 } },
    filter: { kind: 'data.filter', settings: expressions ? { condition: 'message.temp > 0.0' } : { by: 'rules', rules } },
    transform: expressions ? { kind: 'data.transform', settings: { mapping } } : { kind: 'bench.fahrenheit' },
    route: { kind: 'flow.route', settings: { rules: ['message.fahrenheit > 40.0'] } },
    sink: { kind: 'compute.discard' },
  };
  return designOf(catalog, 'Five nodes', nodes, {
    all: { from: 'source.out', to: 'filter.in' },
    warm: { from: 'filter.match', to: 'transform.in' },
    both: { from: 'transform.out', to: 'route.in' },
    routed: { from: 'route.out', to: 'sink.in' },
  });
}

process.on('message', async (work: Work) => {
  const body = design(work);
  process.send?.(await timed(work, () => runToEnd(hostOf(catalog), body, 'routed')));
});
