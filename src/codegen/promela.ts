import type { Named } from '#contract/automata.ts';
import type { System } from '#contract/network.ts';
import { oneLine } from './identifiers.ts';
import { finalsOf, mayEnd, type Step, statesOf, stepsOf } from './moves.ts';

/**
 * V87  A system as a model for SPIN, whose stored states are the reachable states of the system and whose invalid end states are its
 *      deadlocks: rendezvous automata where every event has one or two parts and SPIN can hold as many, otherwise one process that makes each
 *      event of many parts in one atomic step.
 *
 * @param title becomes a comment.
 */
export function promelaOf(named: Named, title: string): string {
  return fitsRendezvous(named.system) ? rendezvous(named, title) : vector(named, title);
}

// SPIN has at most 255 processes and 255 channels; one process is its own.
const mostInSpin = 250;

function fitsRendezvous({ parts, events }: System): boolean {
  const pairs = events.filter((event) => event.parts.length === 2).length;
  return parts.length <= mostInSpin && pairs <= mostInSpin && events.every((event) => event.parts.length <= 2);
}

function head(title: string): string[] {
  const run = 'spin -a -o1 -o2 -o3 model.pml && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000000';
  return [
    `/* ${commentText(title)}`,
    `   ${run}`,
    '   Without -DNOREDUCE SPIN looks at fewer states; it says "invalid end state" of a deadlock. */',
    '',
  ];
}

function commentText(text: string): string {
  return oneLine(text).replaceAll('*/', '* /');
}

function rendezvous({ system, labels }: Named, title: string): string {
  const channels = system.events.flatMap(({ parts }, event) =>
    parts.length === 2 && !parts.includes(-1)
      ? [`chan c${event} = [0] of { bit }; /* ${commentText(labels[event] ?? '')} */`]
      : [],
  );
  const processes = system.parts.flatMap(({ name }, part) => [
    '',
    `/* ${commentText(name)} */`,
    `active proctype p${part}() {`,
    ...automaton(system, part),
    '}',
  ]);
  return `${[...head(title), ...channels, ...processes].join('\n')}\n`;
}

function automaton(system: System, part: number): string[] {
  const byState = Array.from({ length: statesOf(system, part) }, (): Step[] => []);
  for (const step of stepsOf(system, part)) byState[step.from]?.push(step);
  const ends = mayEnd(system);
  const finals = new Set(ends ? finalsOf(system, part) : []);
  const label = (state: number): string => `${finals.has(state) ? 'end_' : ''}S${state}`;
  return byState.map((steps, state) => {
    const ways = new Set(steps.map(({ event, to }) => ` :: ${wordOf(system, part, event)} -> goto ${label(to)}`));
    return `${label(state)}: ${ways.size === 0 ? 'false;' : `if${[...ways].join('')} fi;`}`;
  });
}

function wordOf({ events }: System, part: number, event: number): string {
  const { parts = [] } = events[event] ?? {};
  // Not `true`: SPIN refuses a loop that goes round for certain.
  if (parts.length === 1) return '_nr_pr > 0';
  return parts[0] === part ? `c${event}!0` : `c${event}?_`;
}

function vector({ system, labels }: Named, title: string): string {
  const variables = system.parts.map(({ name }, part) => `${cell(statesOf(system, part))} s${part}; /* ${commentText(name)} */`);
  const options = optionsOf(system).map(({ event, text }) => `  :: ${text} /* ${commentText(labels[event] ?? '')} */`);
  const ended = endedOf(system);
  const process = ['active proctype system() {', '  do', ...options, ...(ended === undefined ? [] : [`  :: ${ended}`])];
  if (options.length === 0 && ended === undefined) process.push('  :: false');
  return `${[...head(title), ...variables, '', ...process, '  od', '}'].join('\n')}\n`;
}

/** The smallest type of SPIN that holds so many states. */
export function cell(states: number): string {
  return states <= 256 ? 'byte' : states <= 32_768 ? 'short' : 'int';
}

/** Of each event that can be made, the guarded atomic step: part k is in the state `s<k>`. */
export function optionsOf(system: System): readonly { readonly event: number; readonly text: string }[] {
  const steps = system.parts.map((_, part) => Map.groupBy(stepsOf(system, part), ({ event }) => event));
  return system.events.flatMap(({ parts }, event) => {
    const ways = parts.map((part) => ({ part, steps: steps[part]?.get(event) ?? [] }));
    if (ways.length === 0 || ways.some((way) => way.steps.length === 0)) return [];
    const guard = ways.map(guardOf).join(' && ');
    const moves = ways.map(moveOf).join(' ');
    // d_step is quicker, and must not have to choose.
    const word = ways.every(isDetermined) ? 'd_step' : 'atomic';
    return [{ event, text: `${word} { ${guard} -> ${moves} }` }];
  });
}

interface Way {
  readonly part: number;
  readonly steps: readonly Step[];
}

function guardOf({ part, steps }: Way): string {
  const from = [...new Set(steps.map((step) => step.from))].map((state) => `s${part} == ${state}`);
  return from.length === 1 ? from.join('') : `(${from.join(' || ')})`;
}

function isDetermined({ steps }: Way): boolean {
  return new Set(steps.map(({ from, to }) => `${from} ${to}`)).size === new Set(steps.map(({ from }) => from)).size;
}

function moveOf({ part, steps }: Way): string {
  const targets = new Set(steps.map(({ to }) => to));
  if (targets.size === 1) return `s${part} = ${[...targets][0]};`;
  const ways = new Set(steps.map(({ from, to }) => `:: s${part} == ${from} -> s${part} = ${to}`));
  return `if ${[...ways].join(' ')} fi;`;
}

/** True in the states in which the system has ended; undefined when it never does. */
export function endedOf(system: System): string | undefined {
  if (!mayEnd(system)) return undefined;
  const parts = system.parts.slice(0, system.processes).map((_, part) => {
    const finals = finalsOf(system, part).map((state) => `s${part} == ${state}`);
    return finals.length === statesOf(system, part) ? 'true' : finals.length === 1 ? finals.join('') : `(${finals.join(' || ')})`;
  });
  return parts.filter((part) => part !== 'true').join(' && ') || 'true';
}
