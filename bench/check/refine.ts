/**
 * Product pairs of a refinement check per CPU-second, median of five runs, on models whose answers are known. The hidden events of the implementation are
 * all but those of the specification, so every state is met. `node bench/check/refine.ts` prints a line a model; nothing else is measured: not the
 * reading of files, and not the specification, which has a few states.
 */
import process from 'node:process';
import type { Named } from '#contract/automata.ts';
import type { Model } from '#contract/check/refine/refinement.ts';
import { refines } from '#contract/check/refine/refines.ts';
import type { Lts } from '#contract/lts.ts';
import { milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { printTable } from '../figures.ts';
import type { Section } from './section.ts';

interface RefineFigure {
  readonly name: string;
  readonly model: Model;
  readonly verdict: string;
  readonly pairs: number;
  readonly transitions: number;
  /** Of five runs. */
  readonly medianCpuSeconds: number;
  readonly spreadCpuSeconds: number;
  readonly bytesPerPair: number;
}

const budget = { maxStates: 1e8, maxMs: Number.POSITIVE_INFINITY, maxBytes: 4e9 };

/** The events in turn, for ever. */
function inTurn(labels: readonly string[]): Lts {
  const moves = labels.map((_, at) => [{ label: at, to: (at + 1) % labels.length }]);
  return { labels, moves, final: labels.map(() => false) };
}

function buffer(places: number, into: string, out: string): Lts {
  const moves = Array.from({ length: places + 1 }, (_, held) => [
    ...(held < places ? [{ label: 0, to: held + 1 }] : []),
    ...(held > 0 ? [{ label: 1, to: held - 1 }] : []),
  ]);
  return { labels: [into, out], moves, final: moves.map(() => false) };
}

const cases: readonly { readonly name: string; readonly spec: Lts; readonly named: Named; readonly model: Model }[] = [
  { name: 'pipeline 13 ⊒ buffer 13', spec: buffer(13, 'pass.0', 'pass.13'), named: pipeline(13), model: 'FD' },
  {
    name: 'Milner 16 ⊒ tasks in turn',
    spec: inTurn(Array.from({ length: 16 }, (_, at) => `start.${at}`)),
    named: milner(16),
    model: 'FD',
  },
  {
    name: '13 philosophers ⊒ the first one',
    spec: inTurn(['take.0.0', 'take.0.1', 'lay.0.0', 'lay.0.1']),
    named: philosophers(13, true),
    model: 'T',
  },
];

/** Runs every model five times. */
function refineFigures(): readonly RefineFigure[] {
  return cases.map(({ name, spec, named: { system, labels }, model }) => {
    const hidden = new Set(labels.keys().filter((event) => !spec.labels.includes(labels[event] ?? '')));
    const runs = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      const outcome = refines(spec, { system, labels, hidden }, { model }, budget);
      const { user, system: kernel } = process.cpuUsage(before);
      return { outcome, cpuSeconds: (user + kernel) / 1e6 };
    }).sort((a, b) => a.cpuSeconds - b.cpuSeconds);
    const [fastest, , middle, , slowest] = runs as [Run, Run, Run, Run, Run];
    const { verdict, states, transitions, peakBytes = 0 } = middle.outcome;
    return {
      name,
      model,
      verdict,
      pairs: states,
      transitions,
      medianCpuSeconds: middle.cpuSeconds,
      spreadCpuSeconds: slowest.cpuSeconds - fastest.cpuSeconds,
      bytesPerPair: peakBytes / states,
    };
  });
}

interface Run {
  readonly outcome: ReturnType<typeof refines>;
  readonly cpuSeconds: number;
}

export const refinement: Section = {
  name: 'refinement',
  async run() {
    const rows = refineFigures().map(
      ({ name, model, verdict, pairs, transitions, medianCpuSeconds, spreadCpuSeconds, bytesPerPair }) => [
        name,
        model,
        verdict,
        pairs.toLocaleString('en'),
        transitions.toLocaleString('en'),
        `${medianCpuSeconds.toFixed(2)} (spread ${spreadCpuSeconds.toFixed(2)})`,
        (pairs / medianCpuSeconds / 1e6).toFixed(2),
        bytesPerPair.toFixed(0),
      ],
    );
    printTable([['case', 'in', 'verdict', 'pairs', 'transitions', 'CPU s', 'million pairs a CPU s', 'bytes a pair'], ...rows]);
  },
};
