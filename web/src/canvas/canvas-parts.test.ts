import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec, Kinds, PortSpec } from '#model/component.ts';
import { type Connection, type DesignBody, emptyDesign } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import { connectEdit, deleteEdits, fittingEnd, freeId, freePlace } from '../design/edits.ts';
import { fittingKinds } from '../palette/find-kinds.ts';
import { nextFrame } from '../run/frame.ts';
import { createElements } from './elements.ts';
import { litByFindings, litByPause, litByStuck, litOf } from './lit.ts';
import { addPulses, curvesOf, liveNodes, liveWires, progressOf } from './live-layout.ts';
import { isCall, pointAt, shapesOf, wireFault } from './shapes.ts';

const port = (direction: 'in' | 'out', more: Partial<PortSpec> = {}): PortSpec => ({
  direction,
  protocol: 'data',
  many: false,
  optional: false,
  description: '',
  schema: {},
  ...more,
});
const spec = (kind: string, ports: Record<string, PortSpec>): ComponentSpec => ({
  kind,
  version: 1,
  title: kind,
  icon: '',
  summary: '',
  settings: Type.Object({}),
  ports,
  contract: '',
  examples: [],
});
const specs = [
  spec('test.texts', { out: port('out', { schema: { type: 'string' } }) }),
  spec('test.numbers', { in: port('in', { schema: { type: 'number' } }) }),
  spec('test.pipe', { in: port('in'), out: port('out') }),
  spec('test.merge', { in: port('in', { many: true }), out: port('out') }),
  spec('test.client', { call: port('out', { protocol: 'call' }) }),
  spec('test.server', { op: port('in', { protocol: 'call', many: true }) }),
];
const kinds: Kinds = { get: (kind) => specs.find((known) => known.kind === kind) };

function drawn(edits: readonly Edit[]): DesignBody {
  const applied = applyAll(emptyDesign('Test'), edits, kinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
}
const add = (id: string, kind: string, x: number, y: number): Edit => ({ do: 'node.add', node: { id, kind }, at: { x, y } });
const end = (node: string, name: string, index = 0) => ({ node, port: name, index });

const line = drawn([
  add('a', 'test.pipe', 0, 0),
  add('b', 'test.merge', 320, 0),
  { do: 'connect', connection: { id: 'ab', from: end('a', 'out'), to: end('b', 'in') } },
]);

describe('calls', () => {
  const called = drawn([
    add('c', 'test.client', 0, 0),
    add('d', 'test.client', 0, 200),
    add('s', 'test.server', 320, 0),
    add('p', 'test.pipe', 320, 200),
    { do: 'connect', connection: { id: 'cs', from: end('c', 'call'), to: end('s', 'op') } },
  ]);

  it('are told from other wires, and fit only each other', () => {
    expect(isCall(called.connections['cs'] as Connection, called, kinds)).toBe(true);
    expect(isCall(line.connections['ab'] as Connection, line, kinds)).toBe(false);
    expect(wireFault(called, kinds, end('d', 'call'), end('s', 'op', 1))).toBeUndefined();
    expect(wireFault(called, kinds, end('d', 'call'), end('p', 'in'))).toBe('a call port cannot be connected to a data port');
  });

  it('are offered the kinds that serve or call', () => {
    const offered = (from: ReturnType<typeof end>) => fittingKinds(specs, called, kinds, from).map(({ kind }) => kind);
    expect(offered(end('d', 'call'))).toEqual(['test.server']);
    expect(offered(end('s', 'op', 1))).toEqual(['test.client']);
    expect(offered(end('p', 'out'))).not.toContain('test.server');
  });

  it('are drawn as calls, and named so for those who do not see', () => {
    const scene = {
      design: called,
      kinds,
      shapes: shapesOf(called, kinds),
      dragged: new Map(),
      selection: { nodes: [], wires: [] },
      lit: null,
      troubled: new Map(),
      marks: { heldNodes: new Set<string>(), heldWires: new Set<string>(), breakpoints: new Set<string>() },
    };
    expect(createElements().wires(scene)).toMatchObject([{ ariaLabel: 'Call from c call to s op', data: { call: true } }]);
  });
});

describe('shapes', () => {
  it('dock a pipeline from left to right, and leave one free spot on a many port', () => {
    const shapes = shapesOf(line, kinds);
    expect(shapes.get('a')?.spots.find(({ connection }) => connection === 'ab')).toMatchObject({
      id: 'out:0',
      side: 'right',
      x: 208,
    });
    const spots = shapes.get('b')?.spots.filter(({ port: name }) => name === 'in') ?? [];
    expect(spots.map(({ id, side, connection }) => [id, side, connection])).toEqual([
      ['in:0', 'left', 'ab'],
      ['in:1', 'left', undefined],
    ]);
  });

  it('dock towards what lies above or below', () => {
    const below = { ...line, canvas: { positions: { a: { x: 0, y: 0 }, b: { x: 20, y: 400 } } } };
    const shapes = shapesOf(below, kinds);
    expect(shapes.get('a')?.spots.find(({ connection }) => connection === 'ab')?.side).toBe('bottom');
    expect(shapes.get('b')?.spots.find(({ connection }) => connection === 'ab')?.side).toBe('top');
  });

  it('draw a kind that is unknown here with the ports its wires use', () => {
    const shapes = shapesOf(line, { get: () => undefined });
    expect(shapes.get('b')?.spots.map(({ id }) => id)).toContain('in:0');
  });
});

describe('wiring', () => {
  const design = drawn([add('t', 'test.texts', 0, 0), add('n', 'test.numbers', 300, 0), add('p', 'test.pipe', 600, 0)]);

  it('says why two ports do not fit, whichever comes first', () => {
    expect(wireFault(design, kinds, end('t', 'out'), end('n', 'in'))).toContain('never of the type');
    expect(wireFault(design, kinds, end('n', 'in'), end('t', 'out'))).toContain('never of the type');
    expect(wireFault(design, kinds, end('t', 'out'), end('p', 'out'))).toContain('both are outputs');
    expect(wireFault(line, kinds, end('b', 'out'), end('a', 'in'))).toBeUndefined();
    expect(wireFault(line, kinds, end('a', 'out'), end('b', 'in', 1))).toContain('already has a wire');
  });

  it('connects from output to input, drawn in either direction', () => {
    const made = connectEdit(design, kinds, end('p', 'in'), end('t', 'out'));
    expect(made).toMatchObject({ connection: { from: { node: 't' }, to: { node: 'p' } } });
    expect(fittingEnd(design, kinds, 'p', end('t', 'out'))).toEqual(end('p', 'in'));
    expect(fittingEnd(design, kinds, 'n', end('t', 'out'))).toBeUndefined();
  });

  it('does not delete a wire twice that goes with its node', () => {
    expect(deleteEdits(line, ['a'], ['ab'])).toEqual([{ do: 'node.delete', id: 'a' }]);
    expect(deleteEdits(line, [], ['ab', 'gone'])).toEqual([{ do: 'disconnect', id: 'ab' }]);
  });

  it('finds free names and free places', () => {
    expect(freeId({ pipe: 1, 'pipe-2': 1 }, 'Pipe')).toBe('pipe-3');
    expect(freeId({}, '★')).toBe('node');
    const place = freePlace(line, { x: 104, y: 32 });
    expect(place.x % 8).toBe(0);
    expect(place.y).toBeGreaterThanOrEqual(80);
  });
});

describe('the live layer', () => {
  const waits = { senderWaits: 0, receiverWaits: 0, senderBlockedMs: 0, receiverBlockedMs: 0 };
  const status = { connection: 'ab', dropped: 0, highWater: 0, blocked: 'none', ended: false, perSecond: 0, ...waits } as const;
  const snapshot = (received: number, depth = 0, capacity = 0) => ({
    sessionId: 's',
    at: new Date(Date.UTC(2026, 0, 1) + received * 100).toISOString(),
    state: 'running' as const,
    processes: [{ node: 'a', state: 'idle' as const, received: 0, sent: received, failures: 0, restarts: 0, waitingFor: [] }],
    channels: [{ ...status, sent: received, received, depth, capacity }],
  });
  const shapes = shapesOf(line, kinds);
  const place = (id: string) => line.canvas.positions[id] ?? { x: 0, y: 0 };
  const curves = curvesOf(line, shapes, place);
  const seen = { x: -100, y: -100, width: 900, height: 400, zoom: 1 };
  const frame = nextFrame(nextFrame(null, snapshot(0)), snapshot(5, 3, 4));

  it('puts rate and fill in the middle of the wire', () => {
    const [wire] = liveWires(frame, curves, seen);
    expect(wire).toMatchObject({ looks: 'moving', pill: { fill: 0.75 } });
    expect(wire?.pill?.text).toMatch(/\/s {2}3\/4$/);
    expect(wire?.pill?.at.x).toBeCloseTo(pointAt(curves.get('ab')!, 0.5).x);
  });

  it('leaves out what is out of sight, and numbers from afar', () => {
    expect(liveWires(frame, curves, { ...seen, x: 5_000 })).toEqual([]);
    expect(liveNodes(frame, shapes, place, { ...seen, x: 5_000 })).toEqual([]);
    expect(liveWires(frame, curves, { ...seen, zoom: 0.2 })[0]?.pill).toBeUndefined();
    expect(liveNodes(frame, shapes, place, seen)[0]).toMatchObject({ id: 'a', state: 'idle', text: '↑ 5' });
  });

  it('sends one pulse a message, at most four a frame, and forgets them when they have arrived', () => {
    const pulses = addPulses([], frame, 1_000);
    expect(pulses).toHaveLength(4);
    expect(progressOf(pulses[0]!, 1_000)).toBe(0);
    expect(progressOf(pulses[0]!, 1_650)).toBe(1);
    expect(progressOf(pulses[3]!, 1_000)).toBeUndefined();
    const still = nextFrame(frame, snapshot(5));
    expect(addPulses(pulses, still, 9_000)).toEqual([]);
  });
});

describe('a counterexample on the canvas', () => {
  const finding: Finding = {
    rule: 'deadlock',
    verdict: 'refuted',
    severity: 'error',
    message: '',
    nodes: [],
    connections: [],
    engine: 'full',
    trace: {
      steps: [
        { is: 'message', connection: 'ab', nodes: ['a', 'b'], end: false, text: '' },
        { is: 'alone', nodes: ['b'], end: false, text: '' },
      ],
      waiting: [],
      knot: { nodes: ['a'], connections: ['ab'] },
    },
  };

  it('lights the step at hand, what went before, and at the end the knot', () => {
    const at = (step: number) => litOf({ finding, step, playing: false });
    expect(at(0)?.wires).toEqual(new Map([['ab', 'now']]));
    expect(at(1)?.nodes).toEqual(
      new Map([
        ['a', 'past'],
        ['b', 'now'],
      ]),
    );
    expect(at(2)).toEqual({ nodes: new Map([['a', 'knot']]), wires: new Map([['ab', 'knot']]), dims: true });
    expect(litOf(null)).toBeNull();
  });

  it('[V119] lights all that goes round at the end of a way that goes on for ever', () => {
    const trace = { ...finding.trace!, cycle: 1 };
    const at = (step: number) => litOf({ finding: { ...finding, trace }, step, playing: false });
    expect(at(1)?.nodes.get('b')).toBe('now');
    expect(at(2)?.wires).toEqual(new Map([['ab', 'past']]));
    expect(at(2)?.nodes.get('b')).toBe('now');
  });

  it('lights the knot of a deadlock as soon as it is known, without dimming the rest', () => {
    expect(litByFindings([finding])).toEqual({ nodes: new Map([['a', 'knot']]), wires: new Map([['ab', 'knot']]), dims: false });
    expect(litByFindings([{ ...finding, verdict: 'proved' }])).toBeNull();
  });

  it('lights the node that is drawn for what is within it, and no wire that is not drawn', () => {
    const knot = { nodes: ['farm/1/a', 'farm/2/a', 'b'], connections: ['farm/1.in', 'ab'] };
    const inner: Finding = {
      ...finding,
      trace: {
        steps: [{ is: 'message', connection: 'farm/1.in', nodes: ['farm/share', 'farm/1/a'], end: false, text: '' }],
        waiting: [],
        knot,
      },
    };
    expect(litByFindings([inner])).toMatchObject({
      nodes: new Map([
        ['farm', 'knot'],
        ['b', 'knot'],
      ]),
      wires: new Map([['ab', 'knot']]),
    });
    expect(litOf({ finding: inner, step: 0, playing: false })).toMatchObject({
      nodes: new Map([['farm', 'now']]),
      wires: new Map(),
    });
  });

  it('lights who waits while a session is stuck, and no longer once it has ended', () => {
    const stuck = { since: '2026-01-01T00:00:00.000Z', nodes: ['a'], connections: ['ab'] };
    const session = { id: '1', designId: '2', designRev: 1, state: 'running' as const, startedAt: stuck.since, stuck };
    expect(litByStuck(session)?.wires).toEqual(new Map([['ab', 'knot']]));
    expect(litByStuck({ ...session, state: 'stopped' })).toBeNull();
    expect(litByStuck(null)).toBeNull();
  });

  it('[S39] [S40] lights the wire of a breakpoint, then those that the last step passed, and none once it goes on', () => {
    const at = '2026-01-01T00:00:00Z';
    const paused = { id: '1', designId: '2', designRev: 1, state: 'paused' as const, startedAt: at };
    const message = { number: 1, at, value: 1, sizeBytes: 1, cut: false };
    expect(litByPause({ ...paused, pausedAt: { connection: 'ab', message } }, null)?.wires).toEqual(new Map([['ab', 'now']]));
    const step = { says: '', passed: [{ connection: 'bc', number: 2 }] };
    expect(litByPause(paused, step)).toEqual({ nodes: new Map(), wires: new Map([['bc', 'now']]), dims: false });
    expect(litByPause(paused, { ...step, passed: [] })).toBeNull();
    expect(litByPause({ ...paused, state: 'running' }, step)).toBeNull();
  });
});
