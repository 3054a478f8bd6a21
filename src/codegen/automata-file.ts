import type { Named } from '#contract/automata.ts';
import { alphabetsOf, finalsOf, mayEnd, statesOf, stepsOf } from './moves.ts';

/**
 * V85  A system as a file of automata, a transition system a component. Reading it gives the same system, but for moves that can never be
 *      made and for what is a process and what a link, which matters to no verdict.
 */
export function automataFileOf({ system, labels }: Named): string {
  const alphabets = alphabetsOf(system);
  const ends = mayEnd(system);
  const components = system.parts.map(({ name }, part) => {
    const steps = stepsOf(system, part);
    const made = new Set(steps.map(({ event }) => event));
    const refused = (alphabets[part] ?? []).filter((event) => !made.has(event)).map((event) => labels[event]);
    const final = ends || part < system.processes ? finalsOf(system, part) : [];
    const fields = [
      `"name": ${JSON.stringify(name)}, "initial": 0, "states": ${statesOf(system, part)}`,
      ...(final.length > 0 ? [`"final": [${final.join(', ')}]`] : []),
      ...(refused.length > 0 ? [`"alphabet": [${refused.map((label) => JSON.stringify(label)).join(', ')}]`] : []),
    ];
    const transitions = steps.map(({ from, event, to }) => `[${from}, ${JSON.stringify(labels[event])}, ${to}]`);
    return `    { ${fields.join(', ')},\n      "transitions": [${transitions.join(', ')}] }`;
  });
  return `{\n  "components": [\n${components.join(',\n')}\n  ]\n}\n`;
}
