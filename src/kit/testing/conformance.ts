import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractFaults } from '#contract/faults.ts';
import { allows } from '#contract/monitor.ts';
import { settingFaults } from '#model/settings.ts';
import type { AnyComponent, Arity } from '../define-component.ts';
import { impatient, pause, type Ran, rig, runExample } from '../testing.ts';
import { Pause } from './outside.ts';

/**
 * What every component keeps, whoever wrote it:
 * P2  It says what it is, and what each setting and port is for.
 * P3  Its defaults fit its settings.
 * P4  Its contract parses, speaks only of its ports, and neither stops nor turns round by itself, for any number of channels.
 * P5  Its examples hold: at least two, with their settings valid.
 * P6  What it does is what its contract allows: in the examples, with readers that are slow or go away, with any messages.
 * P7  It ends when its inputs do, or when it is stopped, and leaves no timer and no open file behind.
 * P9  A kind that stands for others (D10) has settings and parts that say for whom; P4 to P7 hold for its parts. What its examples give is
 *     tested where designs run.
 * P8  Brought to rest at any point, saved as JSON and begun anew with that, it gives what it gives undisturbed.
 */
export function describeComponent(component: AnyComponent): void {
  describe(component.spec.kind, () => {
    saysWhatItIs(component);
    if (component.nesting !== undefined) {
      standsForOthers(component, component.nesting);
      return;
    }
    keepsItsContract(component);
    endsWhenStopped(component);
    goesOnWhereItWasSaved(component);
  });
  for (const part of component.parts ?? []) describeComponent(part);
}

function standsForOthers({ spec, examples, parts, check }: AnyComponent, nesting: NonNullable<AnyComponent['nesting']>): void {
  it('[P8] stands for a design: its examples have valid settings, and what is put around is there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2);
    const kinds = (parts ?? []).map((part) => part.spec.kind);
    for (const { says, settings = {} } of examples) {
      expect(settingFaults(spec, settings), says).toEqual([]);
      expect(check(settings), says).toBeUndefined();
      const { design, errKind, farm } = nesting(settings);
      expect(design, says).not.toBe('');
      expect(kinds, says).toEqual(expect.arrayContaining([errKind, ...(farm ? [farm.share.kind, farm.collect.kind] : [])]));
    }
  });
}

function saysWhatItIs(component: AnyComponent): void {
  const { spec } = component;

  it('[P2] says what it is and what everything on it is for', () => {
    expect(spec.title).toMatch(/^[A-Z]/);
    expect(spec.summary).toMatch(/^[A-Z].{20,}\.$/);
    expect(spec.icon).toMatch(/^[a-z0-9-]+$/);
    for (const [port, { description }] of Object.entries(spec.ports)) expect(description, `port ${port}`).toMatch(/\.$/);
    const properties = (spec.settings as unknown as { properties: Record<string, { description?: string }> }).properties;
    for (const [name, { description }] of Object.entries(properties)) expect(description, `setting ${name}`).toMatch(/\.$/);
  });

  it('[P3] its defaults fit its settings', () => {
    expect(settingFaults(spec, {})).toEqual([]);
    expect(component.check({})).toBeUndefined();
  });
}

function keepsItsContract(component: AnyComponent): void {
  const { spec } = component;

  it('[P4] its contract stands by itself', () => {
    for (const settings of settingsOf(component)) {
      for (const arity of arities(component)) {
        const contract = component.contractOf(settings, arity);
        expect(contractFaults(contract, spec.ports), contract).toEqual([]);
      }
    }
  });

  it('[P5] [P6] its examples hold, and its contract allows what they do', async () => {
    expect(component.examples.length).toBeGreaterThanOrEqual(2);
    for (const example of component.examples) {
      expect(settingFaults(spec, example.settings ?? {}), example.says).toEqual([]);
      expect(component.check(example.settings ?? {}), example.says).toBeUndefined();
      const { faults, ran } = await runExample(component, example);
      expect(faults, example.says).toEqual([]);
      expectAllowed(ran);
    }
  });

  it('[P6] its contract allows what it does with readers that are slow or go away', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...component.examples), surroundings(component), async (example, { arity, ...around }) => {
        const enough = Object.fromEntries(
          Object.keys(arity).map((port) => [port, Math.max(arity[port] ?? 0, needed(example.given, port))]),
        );
        const { settings = {}, files } = example;
        const { run } = rig(component, { settings, arity: enough, files: files?.given ?? {}, stopAfterMs: 100_000, ...around });
        expectAllowed(await run(example.given));
      }),
      { numRuns: 25 },
    );
  });

  it('[P6] its contract allows what it does with messages nobody thought of', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...settingsOf(component)),
        surroundings(component),
        fc.infiniteStream(anyMessages),
        async (settings, around, messages) => {
          const { run } = rig(component, { settings, stopAfterMs: 100_000, ...around });
          // An asking port is given the answers of its server.
          const given = Object.entries(spec.ports).filter(
            ([port, { direction, protocol }]) => (direction === 'in' || protocol === 'call') && (around.arity[port] ?? 0) > 0,
          );
          const lists = given.flatMap(([port, { many, direction, protocol }]) =>
            Array.from({ length: around.arity[port] ?? 0 }, (_, index) => {
              const list = messages.next().value ?? [];
              const requests = direction === 'in' && protocol === 'call';
              return [many ? `${port}[${index}]` : port, requests ? hurried(list) : list];
            }),
          );
          expectAllowed(await run(Object.fromEntries(lists)));
        },
      ),
      { numRuns: 25 },
    );
  });
}

function endsWhenStopped(component: AnyComponent): void {
  it('[P7] stopped in the middle, it leaves no timer and no open file behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...component.examples),
        fc.constantFrom(0, 1, 600),
        surroundings(component),
        async (example, stopAfterMs, around) => {
          const { settings = {}, files } = example;
          const { run } = rig(component, { ...around, settings, files: files?.given ?? {}, stopAfterMs });
          const inputs = Object.keys(example.given).filter((name) => (around.arity[name.replace(/\[.*/, '')] ?? 0) > 0);
          const ran = await run(
            Object.fromEntries(inputs.map((name) => [name, [...(example.given[name] ?? []), pause(10_000)]])),
          );
          expectAllowed(ran);
        },
      ),
      { numRuns: 15 },
    );
  });
}

function goesOnWhereItWasSaved(component: AnyComponent): void {
  it('[P8] saved at any points and begun anew, it gives what it gives undisturbed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...component.examples),
        surroundings(component),
        fc.uniqueArray(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 3 }),
        async (example, { arity, slowMs }, points) => {
          const enough = Object.fromEntries(
            Object.keys(arity).map((port) => [port, Math.max(arity[port] ?? 0, needed(example.given, port))]),
          );
          const run = async (restoreAfter: readonly number[]): Promise<Ran> => {
            const around = { arity: enough, slowMs, stopAfterMs: 100_000, restoreAfter };
            const { settings = {}, files } = example;
            return await rig(component, { settings, files: files?.given ?? {}, ...around }).run(example.given);
          };
          const plain = await run([]);
          const restored = await run(points.toSorted((a, b) => a - b));
          expect(restored.gives).toEqual(plain.gives);
          expect(restored.ended).toEqual(plain.ended);
          for (const saved of restored.saved) expect(JSON.parse(JSON.stringify(saved.processes))).toEqual(saved.processes);
          expect(restored.tools.clock.pending).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });
}

/** Numbers of channels worth a look: one, two, three on each many port; optional ports connected or not. */
function arities({ spec }: AnyComponent): Arity[] {
  const of = (channels: number, optional: number): Arity =>
    Object.fromEntries(
      Object.entries(spec.ports).map(([port, { many, optional: may }]) => [
        port,
        may ? (many ? channels : 1) * optional : many ? channels : 1,
      ]),
    );
  return [of(1, 0), of(1, 1), of(2, 1), of(3, 0), of(3, 1)];
}

/** Settings worth a look: the defaults, and those of the examples. */
function settingsOf({ examples }: AnyComponent): Readonly<Record<string, unknown>>[] {
  return [{}, ...examples.flatMap(({ settings }) => (settings === undefined ? [] : [settings]))];
}

function expectAllowed({ trace, contract, gives, ended, tools }: Ran): void {
  expect(ended.state, '[P7] nobody waits for ever').not.toBe('stuck');
  expect([tools.clock.pending, tools.files.open], '[P7] timers and files left open').toEqual([0, 0]);
  const answer = allows(contract, trace);
  if (answer.ok) return;
  const said = `${trace.slice(0, answer.at).join(', ')} ▸ ${answer.event}; allowed: ${answer.expected.join(', ') || 'nothing'}`;
  throw new Error(`the contract does not allow ${said}\n${contract}\n${JSON.stringify(gives)}`);
}

/** A request after a pause is one whose client does not wait long. */
function hurried(list: readonly unknown[]): readonly unknown[] {
  return list.map((request, at) => {
    const before = list[at - 1];
    return before instanceof Pause && !(request instanceof Pause) ? impatient(request, before.ms) : request;
  });
}

/** Messages with pauses between them. */
const anyMessages = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.nat(3_000).map(pause) },
  ),
  {
    maxLength: 6,
  },
);

/** What may stand around a component: numbers of channels, readers that are slow or leave. */
function surroundings(
  component: AnyComponent,
): fc.Arbitrary<{ arity: Arity; takes: Record<string, number>; slowMs: Record<string, number> }> {
  const outputs = Object.entries(component.spec.ports).filter(([, { direction }]) => direction === 'out');
  const ends = outputs.flatMap(([port, { many }]) => (many ? [`${port}[0]`, `${port}[1]`] : [port]));
  const partly = (values: fc.Arbitrary<number>): fc.Arbitrary<Record<string, number>> =>
    ends.length === 0 ? fc.constant({}) : fc.dictionary(fc.constantFrom(...ends), values);
  return fc.record({
    arity: fc.constantFrom(...arities(component)).map((arity): Arity => ({ ...arity, err: 1 })),
    takes: partly(fc.nat(2)),
    slowMs: partly(fc.constantFrom(1, 700, 5_000)),
  });
}

/** Channels of a port that the messages given need. */
function needed(given: Readonly<Record<string, readonly unknown[]>>, port: string): number {
  const indexes = Object.keys(given).flatMap((name) =>
    name === port ? [0] : name.startsWith(`${port}[`) ? [Number(name.slice(port.length + 1, -1))] : [],
  );
  return Math.max(0, ...indexes.map((index) => index + 1));
}
