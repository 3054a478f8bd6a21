import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import { fairAlt, never } from '#runtime/alt.ts';
import type { Guard, Received, Receiver } from '#runtime/port.ts';

/**
 * What leaves at the `err` of the nodes of a part, brought together for the `err` of the node that stands for it (D14).
 * Every message leaves once; the output ends when all inputs have ended.
 */
export const gather = defineComponent({
  kind: 'control.gather',
  version: 1,
  title: 'Gather',
  icon: 'git-merge',
  summary: 'Brings together the failed messages of the nodes of a part.',
  settings: Type.Object({}),
  ports: {
    in: many(optional(input(Type.Unknown(), 'Failed messages of each node.'))),
    out: output(Type.Unknown(), 'All of them.'),
  },
  contract: (_settings, { in: inputs = 0 }) =>
    inputs === 0
      ? 'GATHER = out.end -> SKIP'
      : `
    GATHER = OPEN(0)
    OPEN(k) = if k == ${inputs} then out.end -> SKIP
              else ([] i:{0..${inputs - 1}} @ (in.i -> out -> OPEN(k) [] in.i.end -> OPEN(k + 1)))
  `,
  examples: [
    { says: 'Without inputs nothing leaves.', given: {}, gives: { out: [] } },
    { says: 'Each input in its turn.', given: { 'in[0]': [1, 2], 'in[1]': [3] }, gives: { out: [1, 3, 2] } },
  ],
  *run({ io, growth }) {
    const ended = new Set<Receiver<unknown>>();
    while (io.in.some((end) => !ended.has(end))) {
      const version = growth?.version ?? 0;
      const ends = io.in.filter((end) => !ended.has(end));
      const event = yield* fairAlt<Guard[]>([...ends, growth?.changed(version) ?? never]);
      const end = ends[event.index];
      const got = event as unknown as Received<unknown>;
      if (end === undefined) continue;
      if (got.ended) ended.add(end);
      else if (!(yield* io.out.send(got.value))) return;
    }
  },
});
