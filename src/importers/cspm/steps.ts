import type { Meaning } from './meaning.ts';
import type { Branch } from './process-reader.ts';
import type { EventSet, Process } from './value.ts';

/** By an event, by itself (`decides`), or its end (`tick`). */
export interface Step {
  readonly label: string;
  readonly to: Process;
}

/** No event has these names. */
export const decides = 'τ';
export const tick = '✓';

type PrefixBranches = (process: Extract<Process, { is: 'prefix' }>) => readonly Branch[];

/**
 * V102  The rules of CSP's operational semantics. An end is nothing that others can prevent: in a parallel each side ends by itself and the
 *       whole has ended when both have.
 */
export class Steps {
  readonly #meaning: Meaning;
  readonly #branches: PrefixBranches;
  readonly #known = new Map<Process, readonly Step[]>();

  constructor(meaning: Meaning, branches: PrefixBranches) {
    this.#meaning = meaning;
    this.#branches = branches;
  }

  of(process: Process): readonly Step[] {
    const known = this.#known.get(process);
    if (known !== undefined) return known;
    const steps = distinct(this.#of(process));
    this.#meaning.allowance.spend(steps.length + 1);
    this.#meaning.allowance.keep(150 + 60 * steps.length);
    this.#known.set(process, steps);
    return steps;
  }

  #of(process: Process): readonly Step[] {
    const { processes } = this.#meaning;
    switch (process.is) {
      case 'stop':
        return [];
      case 'skip':
        return [{ label: tick, to: process }];
      case 'diverge':
        return [{ label: decides, to: process }];
      case 'run':
        return [...process.events.events].map((label) => ({ label, to: process }));
      case 'chaos':
        return [{ label: decides, to: processes.stop }, ...[...process.events.events].map((label) => ({ label, to: process }))];
      case 'prefix':
        return this.#branches(process).map(({ event, to }) => ({ label: event, to }));
      case 'decide':
        return process.of.map((to) => ({ label: decides, to }));
      case 'choice':
        return process.of.flatMap((option, chosen) => this.#kept(option, (to) => processes.choice(process.of.with(chosen, to))));
      case 'seq':
        return this.of(process.first).map(({ label, to }) =>
          label === tick ? { label: decides, to: process.rest.force() } : { label, to: processes.seq(to, process.rest) },
        );
      case 'hide':
        return this.of(process.of).map(({ label, to }) =>
          label === tick
            ? { label, to }
            : { label: process.events.events.has(label) ? decides : label, to: processes.hide(to, process.events) },
        );
      case 'rename':
        return this.#renamed(process);
      default:
        return this.#ofTwo(process);
    }
  }

  #ofTwo(process: Exclude<Process, { is: 'choice' | 'decide' }>): readonly Step[] {
    const { processes } = this.#meaning;
    switch (process.is) {
      case 'interrupt':
        return [
          ...this.of(process.left).map(({ label, to }) =>
            label === tick ? { label, to } : { label, to: processes.interrupt(to, process.right) },
          ),
          ...this.#kept(process.right, (to) => processes.interrupt(process.left, to)),
        ];
      case 'slide':
        return [...this.#kept(process.left, (to) => processes.slide(to, process.right)), { label: decides, to: process.right }];
      case 'exception':
        return this.of(process.left).map(({ label, to }) => {
          if (label === tick) return { label, to };
          const thrown = process.events.events.has(label);
          return { label, to: thrown ? process.right.force() : processes.exception(to, process.events, process.right) };
        });
      case 'par':
        return this.#both(process);
      case 'together':
        return this.#together(process);
      default:
        return [];
    }
  }

  // What a process does by itself leaves the choice open; an event or its end takes it.
  #kept(option: Process, join: (to: Process) => Process): readonly Step[] {
    return this.of(option).map(({ label, to }) => ({ label, to: label === decides ? join(to) : to }));
  }

  #renamed({ of, map }: Extract<Process, { is: 'rename' }>): readonly Step[] {
    const { processes } = this.#meaning;
    return this.of(of).flatMap(({ label, to }) => {
      if (label === tick) return [{ label, to }];
      const then = processes.rename(to, map.map);
      return (map.map.get(label) ?? [label]).map((name) => ({ label: name, to: then }));
    });
  }

  #both({ sync, left, right }: Extract<Process, { is: 'par' }>): readonly Step[] {
    const { processes } = this.#meaning;
    const alone = (side: Process, join: (to: Process) => Process): Step[] =>
      this.of(side).flatMap(({ label, to }) => {
        if (label === tick) return side === processes.skip ? [] : [{ label: decides, to: join(processes.skip) }];
        return sync.events.has(label) ? [] : [{ label, to: join(to) }];
      });
    const steps = [
      ...alone(left, (to) => processes.par(sync, to, right)),
      ...alone(right, (to) => processes.par(sync, left, to)),
    ];
    const rights = grouped(this.of(right), sync);
    for (const { label, to } of this.of(left))
      for (const other of rights.get(label) ?? []) steps.push({ label, to: processes.par(sync, to, other) });
    return steps;
  }

  // An event needs all that have it in their alphabets; what is not in one's own alphabet one cannot do.
  #together({ parts }: Extract<Process, { is: 'together' }>): readonly Step[] {
    const { processes, allowance } = this.#meaning;
    const replaced = (changes: readonly (readonly [number, Process])[]): Process => {
      const next = [...parts];
      for (const [at, process] of changes) next[at] = { process, alphabet: (parts[at] as (typeof parts)[number]).alphabet };
      return processes.together(next);
    };
    const steps: Step[] = [];
    const offers = parts.map(({ process, alphabet }, at) => {
      for (const { label, to } of this.of(process)) {
        if (label === decides) steps.push({ label, to: replaced([[at, to]]) });
        else if (label === tick && process !== processes.skip)
          steps.push({ label: decides, to: replaced([[at, processes.skip]]) });
      }
      return grouped(this.of(process), alphabet);
    });
    for (const event of new Set(offers.flatMap((offer) => [...offer.keys()]))) {
      let ways: (readonly (readonly [number, Process])[])[] = [[]];
      for (const [at, { alphabet }] of parts.entries()) {
        if (!alphabet.events.has(event)) continue;
        const next = offers[at]?.get(event) ?? [];
        ways = ways.flatMap((way) => next.map((to) => [...way, [at, to] as const]));
      }
      allowance.spend(ways.length + parts.length);
      for (const way of ways) steps.push({ label: event, to: replaced(way) });
    }
    return steps;
  }
}

function grouped(steps: readonly Step[], { events }: EventSet): Map<string, Process[]> {
  const groups = new Map<string, Process[]>();
  for (const { label, to } of steps) {
    if (!events.has(label)) continue;
    const group = groups.get(label) ?? [];
    group.push(to);
    groups.set(label, group);
  }
  return groups;
}

function distinct(steps: readonly Step[]): readonly Step[] {
  if (steps.length < 2) return steps;
  const seen = new Set<string>();
  return steps.filter(({ label, to }) => {
    const key = `${to.id} ${label}`;
    return !seen.has(key) && seen.add(key);
  });
}
