import type { Named } from '#contract/automata.ts';
import type { System } from '#contract/network.ts';
import { identifiersOf, oneLine } from './identifiers.ts';
import { alphabetsOf, finalsOf, mayEnd, type Step, statesOf, stepsOf } from './moves.ts';

/**
 * V86  A system as CSPm by state equations: an equation a state of the very transition systems the engines search, so that another tool
 *      looks at the same object. Where it can end, all processes do `done` for ever, as in the readable script.
 *
 * @param title becomes a comment.
 */
export function cspmRawOf({ system, labels }: Named, title: string): string {
  const events = identifiersOf(labels).map((name) => `e_${name}`);
  const names = identifiersOf(system.parts.map(({ name }) => name));
  const ends = mayEnd(system);
  const alphabets = alphabetsOf(system);
  const count = system.parts.length;
  const parts = system.parts.flatMap(({ name }, part) => [
    '',
    `-- ${oneLine(name)}`,
    ...equations(system, part, `P_${names[part]}`, events, ends),
  ]);
  const alphabetOf = (part: number): string => {
    const own = (alphabets[part] ?? []).map((event) => events[event]);
    return (ends && part < system.processes ? [...own, 'done'] : own).join(', ');
  };
  const used = [...new Set(alphabets.flat())].sort((a, b) => a - b).map((event) => events[event]);
  const declared = ends ? [...used, 'done'] : used;
  return [
    `-- ${oneLine(title)}`,
    '',
    ...(declared.length > 0 ? [`channel ${declared.join(', ')}`] : []),
    ...parts,
    '',
    // The equations of one name stand together: CSPm does not take them apart.
    ...names.map((name, part) => `P(${part}) = P_${name}_0`),
    ...names.map((_, part) => `A(${part}) = {${alphabetOf(part)}}`),
    count === 0 ? 'SYSTEM = SKIP' : `SYSTEM = || i:{0..${count - 1}} @ [A(i)] P(i)`,
    '',
    'assert SYSTEM :[deadlock free [F]]',
    '',
  ].join('\n');
}

function equations(system: System, part: number, name: string, events: readonly string[], ends: boolean): string[] {
  const byState = Array.from({ length: statesOf(system, part) }, (): Step[] => []);
  for (const step of stepsOf(system, part)) byState[step.from]?.push(step);
  const finals = new Set(ends && part < system.processes ? finalsOf(system, part) : []);
  return byState.map((steps, state) => {
    const ways = steps.map(({ event, to }) => `${events[event]} -> ${name}_${to}`);
    if (finals.has(state)) ways.push(`done -> ${name}_${state}`);
    return `${name}_${state} = ${ways.join(' [] ') || 'STOP'}`;
  });
}
