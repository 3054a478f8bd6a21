import { Type } from 'typebox';
import { applyAll } from '#model/apply.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edit.ts';
import type { LiveMessage, LiveRequest } from '#model/live.ts';
import { rebase } from '#model/transform.ts';
import type { Ack, CommittedTx, LeftOut, Tx } from '#model/tx.ts';
import { type DesignStore, type News, openDesign } from './design-store.ts';
import type { Line } from './line.ts';

/** A server of one design in a few lines, made of the same pure functions, and people who have it open. Nothing moves by itself. */

const port = { protocol: 'data', many: false, optional: false, description: '', schema: {} } as const;
const pipe: ComponentSpec = {
  kind: 'test.pipe',
  version: 1,
  title: 'Pipe',
  icon: 'pipe',
  summary: '',
  settings: Type.Object({ size: Type.Integer({ default: 1 }), says: Type.String({ default: '' }) }),
  ports: { in: { ...port, direction: 'in' }, out: { ...port, direction: 'out' } },
  contract: 'P = in -> out -> P',
  examples: [],
};
export const kinds: Kinds = { get: (kind) => (kind === 'test.pipe' ? pipe : undefined) };

export const empty: Design = {
  id: '0190a000-0000-7000-8000-000000000000',
  rev: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  name: 'Test',
  description: '',
  nodes: {},
  connections: {},
  canvas: { positions: {} },
};

export const add = (id: string): Edit => ({ do: 'node.add', node: { id, kind: 'test.pipe' }, at: { x: 0, y: 0 } });
export const remove = (id: string): Edit => ({ do: 'node.delete', id });
export const size = (id: string, to: number): Edit => ({ do: 'node.set', id, settings: { size: to } });
export const type = (id: string, at: number, text: string): Edit => ({
  do: 'text.edit',
  node: id,
  name: 'says',
  change: at === 0 ? [text] : [at, text],
});
export const connect = (id: string, from: string, to: string): Edit => ({
  do: 'connect',
  connection: { id, from: { node: from, port: 'out' }, to: { node: to, port: 'in' } },
});

/** Somebody who has the design open. What goes either way lies still until it is let through. */
export interface Person {
  store: DesignStore;
  readonly news: News[];
  /** Frames that have not reached the server. */
  readonly out: LiveRequest[];
  /** Messages that have not come. */
  readonly in: LiveMessage[];
  readonly sent: LiveRequest[];
  kept: Line | undefined;
  connect(): void;
  /** The socket is gone, with all that lay in it. */
  cut(): void;
  /** The page is loaded again: what was kept is all there is. */
  reload(): void;
}

export function createSea(start: Design = empty) {
  let design = start;
  const log: CommittedTx[] = [];
  const answers = new Map<string, Ack>();
  const people: Person[] = [];
  const timers: (() => void)[] = [];
  let ids = 0;
  let clock = Date.parse('2026-01-01T00:00:00Z');
  let answered = 0;
  let longestTail = Number.POSITIVE_INFINITY;

  const commit = (tx: Pick<Tx, 'edits'> & Partial<Tx>, actor: string): Ack | Refusal => {
    const txId = tx.txId ?? `tx-${++ids}`;
    const known = answers.get(txId);
    if (known !== undefined) return known;
    const since = log.filter(({ rev }) => rev > (tx.baseRev ?? design.rev)).flatMap(({ edits }) => edits);
    const moved = rebase(tx.edits, since, 'after');
    const [first] = moved.left;
    if (first !== undefined && tx.atomic !== false) return first.refusal;
    const done = committable(design, moved.edits, moved.left, tx.atomic !== false);
    if ('code' in done) return done;
    design = { ...done.design, rev: design.rev + 1 };
    const { label, undoOf } = tx;
    const at = new Date(clock).toISOString();
    const { edits, inverse, left } = done;
    const more = { ...(label !== undefined && { label }), ...(undoOf !== undefined && { undoOf }) };
    log.push({ rev: design.rev, txId, actor, via: 'socket', at, edits: [...edits], ...more });
    const outcome = left.length > 0 ? 'partial' : since.length > 0 ? 'rebased' : 'applied';
    const ack: Ack = {
      txId,
      rev: design.rev,
      outcome,
      edits: [...edits],
      inverse: [...inverse],
      ...(left.length > 0 && { left }),
    };
    answers.set(txId, ack);
    for (const person of people) {
      const txs = log.slice(-1);
      if (open.has(person)) person.in.push({ type: 'edits', designId: design.id, from: design.rev, to: design.rev, txs });
    }
    return ack;
  };
  const open = new Set<Person>();
  const answer = (person: Person, name: string, frame: LiveRequest) => {
    if (frame.type === 'hello') {
      open.add(person);
      const tail = log.filter(({ rev }) => rev > (frame.lastRev ?? 0));
      const whole = frame.lastRev === undefined || tail.length > longestTail;
      person.in.push({
        type: 'welcome',
        designId: design.id,
        rev: design.rev,
        ...(whole ? { snapshot: design } : { tail }),
        you: { id: 'me', name, colour: 0 },
        peers: [],
      });
    }
    if (frame.type !== 'tx') return;
    const { type: _type, designId, ...tx } = frame;
    const done = commit(tx, name);
    if ('code' in done) person.in.push({ type: 'refused', designId, txId: tx.txId, rev: design.rev, refusal: done });
    // The answer of the one comes before or after the edits for all: both happen.
    else person.in.splice(person.in.length - (++answered % 2), 0, { type: 'ack', designId, ...done });
  };

  function join(name: string, from: Pick<Line, 'confirmed'> & Partial<Line> = { confirmed: design }): Person {
    let there = false;
    const open_ = (line: Pick<Line, 'confirmed'> & Partial<Line>) =>
      openDesign(line, {
        kinds,
        send: (frame) => {
          if (there) {
            person.out.push(frame);
            person.sent.push(frame);
          }
          return there;
        },
        newId: () => `tx-${++ids}`,
        now: () => clock,
        later(call) {
          timers.push(call);
          return () => timers.splice(timers.indexOf(call), timers.includes(call) ? 1 : 0);
        },
        tell: (news) => person.news.push(news),
        keep: (line) => {
          person.kept = structuredClone(line);
        },
        name: () => name,
      });
    const person: Person = {
      store: undefined as unknown as DesignStore,
      news: [],
      out: [],
      in: [],
      sent: [],
      kept: undefined,
      connect() {
        there = true;
        person.store.opened();
      },
      cut() {
        there = false;
        open.delete(person);
        person.in.length = 0;
        person.out.length = 0;
        person.store.lost();
      },
      reload() {
        person.cut();
        person.store = open_(structuredClone(person.kept) ?? { confirmed: design });
      },
    };
    person.store = open_(from);
    people.push(person);
    person.connect();
    flow();
    return person;
  }

  const names = new Map<Person, string>();
  /** Lets frames of somebody through to the server. */
  const up = (person: Person) => {
    for (const frame of person.out.splice(0)) answer(person, names.get(person) ?? 'Somebody', frame);
  };
  /** Lets messages through to somebody. */
  const down = (person: Person) => {
    for (const message of person.in.splice(0)) person.store.heard(message);
  };
  /** Everything moves until nothing does. */
  const flow = () => {
    for (let round = 0; round < 100; round++) {
      if (people.every((person) => person.out.length + person.in.length === 0)) return;
      for (const person of people) {
        up(person);
        down(person);
      }
    }
  };
  return {
    join(name: string, from?: Pick<Line, 'confirmed'> & Partial<Line>) {
      const person = join(name, from);
      names.set(person, name);
      return person;
    },
    commit,
    up,
    down,
    flow,
    log,
    design: () => design,
    pass: (ms: number) => {
      clock += ms;
    },
    longestTail: (most: number) => {
      longestTail = most;
    },
    timers: () => {
      for (const call of timers.splice(0)) call();
    },
  };
}

function committable(design: Design, edits: ReturnType<typeof rebase>['edits'], before: readonly LeftOut[], atomic: boolean) {
  if (atomic) {
    const all = edits.map(({ edit }) => edit);
    const applied = applyAll(design, all, kinds);
    return applied.ok ? { ...applied, left: [] } : applied.refusal;
  }
  let at = design;
  const done: Edit[] = [];
  const left = [...before];
  const inverses: (readonly Edit[])[] = [];
  for (const { number, edit } of edits) {
    const applied = applyAll(at, [edit], kinds);
    if (applied.ok) {
      at = applied.design;
      done.push(...applied.edits);
      inverses.push(applied.inverse);
    } else left.push({ number, refusal: applied.refusal });
  }
  return { design: at, edits: done, inverse: inverses.reverse().flat(), left };
}

/** A design opened where there is no server. */
export function openAlone(confirmed: Design, of: Kinds): DesignStore {
  let ids = 0;
  return openDesign(
    { confirmed },
    { kinds: of, send: () => false, newId: () => String(++ids), now: () => 0, later: () => () => {}, tell: () => {} },
  );
}
