import { Type } from 'typebox';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import { applyAll, applySome } from '#model/edits/apply.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { rebase } from '#model/edits/transform.ts';
import type { Ack, CommittedTx, LeftOut, Tx } from '#model/edits/tx.ts';
import type { LiveMessage, LiveRequest } from '#model/live.ts';
import type { DesignStore, News } from '../design-state.ts';
import { openDesign } from '../design-store.ts';
import type { Line } from '../line.ts';

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

type From = Pick<Line, 'confirmed'> & Partial<Line>;

/** Somebody who has the design open. What goes either way lies still until it is let through. */
export class Person {
  readonly name: string;
  readonly news: News[] = [];
  /** Frames that have not reached the server. */
  readonly out: LiveRequest[] = [];
  /** Messages that have not come. */
  readonly in: LiveMessage[] = [];
  readonly sent: LiveRequest[] = [];
  kept: Line | undefined;
  /** Whether it has said hello. */
  isOpen = false;
  /** Whether what is not taken stands again where it was typed. */
  settles = false;
  store: DesignStore;
  readonly #sea: Sea;
  #hasSocket = false;

  constructor(name: string, sea: Sea, from: From) {
    this.name = name;
    this.#sea = sea;
    this.store = this.#opened(from);
  }

  connect(): void {
    this.#hasSocket = true;
    this.store.opened();
  }

  /** The socket is gone, with all that lay in it. */
  cut(): void {
    this.#hasSocket = false;
    this.isOpen = false;
    this.in.length = 0;
    this.out.length = 0;
    this.store.lost();
  }

  /** The page is loaded again: what was kept is all there is. */
  reload(): void {
    this.cut();
    this.store = this.#opened(structuredClone(this.kept) ?? { confirmed: this.#sea.design });
  }

  #opened(from: From): DesignStore {
    return openDesign(from, {
      kinds,
      send: (frame) => {
        if (this.#hasSocket) {
          this.out.push(frame);
          this.sent.push(frame);
        }
        return this.#hasSocket;
      },
      sendLarge: async (_, tx) => {
        const done = this.#sea.commit(tx, this.name);
        return 'code' in done ? { never: done.message } : done;
      },
      newId: () => this.#sea.newId(),
      now: () => this.#sea.nowMs,
      later: (call, ms) => this.#sea.later(call, ms),
      tell: (news) => this.news.push(news),
      settles: () => this.settles,
      keep: (line) => {
        this.kept = structuredClone(line);
      },
      name: () => this.name,
    });
  }
}

/** A server of one design, made of the same pure functions, and the people who have it open. Nothing moves by itself. */
export class Sea {
  design: Design;
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  /** A longer tail is not told: the design is. */
  longestTail = Number.POSITIVE_INFINITY;
  readonly log: CommittedTx[] = [];
  readonly #answers = new Map<string, Ack>();
  readonly #people: Person[] = [];
  readonly #timers = new Set<{ readonly call: () => void; readonly dueMs: number }>();
  #ids = 0;
  #answered = 0;

  constructor(design: Design = empty) {
    this.design = design;
  }

  newId(): string {
    return `tx-${++this.#ids}`;
  }

  later(call: () => void, ms: number): () => void {
    const timer = { call, dueMs: this.nowMs + ms };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time passes, and what is due is done. */
  pass(ms: number): void {
    this.nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.dueMs > this.nowMs || !this.#timers.delete(timer)) continue;
      timer.call();
    }
  }

  join(name: string, from: From = { confirmed: this.design }): Person {
    const person = new Person(name, this, from);
    this.#people.push(person);
    person.connect();
    this.flow();
    return person;
  }

  commit(tx: Pick<Tx, 'edits'> & Partial<Tx>, actor: string): Ack | Refusal {
    const txId = tx.txId ?? this.newId();
    const known = this.#answers.get(txId);
    if (known !== undefined) return known;
    const since = this.log.filter(({ rev }) => rev > (tx.baseRev ?? this.design.rev)).flatMap(({ edits }) => edits);
    const moved = rebase(tx.edits, since, 'after');
    const [first] = moved.left;
    if (first !== undefined && tx.atomic !== false) return first.refusal;
    const done = committable(this.design, moved.edits, moved.left, tx.atomic !== false);
    if ('code' in done) return done;
    this.design = { ...done.design, rev: this.design.rev + 1 };
    const { rev } = this.design;
    const { edits, inverse, left } = done;
    const { label, undoOf } = tx;
    const more = { ...(label !== undefined && { label }), ...(undoOf !== undefined && { undoOf }) };
    const at = new Date(this.nowMs).toISOString();
    this.log.push({ rev, txId, actor, via: 'socket', at, edits: [...edits], ...more });
    const outcome = left.length > 0 ? 'partial' : since.length > 0 ? 'rebased' : 'applied';
    const ack: Ack = { txId, rev, outcome, edits: [...edits], inverse: [...inverse], ...(left.length > 0 && { left }) };
    this.#answers.set(txId, ack);
    const told: LiveMessage = { type: 'edits', designId: this.design.id, from: rev, to: rev, txs: this.log.slice(-1) };
    for (const person of this.#people) if (person.isOpen) person.in.push(told);
    return ack;
  }

  /** Lets frames of somebody through to the server. */
  up(person: Person): void {
    for (const frame of person.out.splice(0)) {
      if (frame.type === 'hello') this.#welcome(person, frame.lastRev);
      if (frame.type === 'tx') this.#answer(person, frame);
    }
  }

  /** Lets messages through to somebody. */
  down(person: Person): void {
    for (const message of person.in.splice(0)) person.store.heard(message);
  }

  /** Everything moves until nothing does. */
  flow(): void {
    for (let round = 0; round < 100; round++) {
      if (this.#people.every((person) => person.out.length + person.in.length === 0)) return;
      for (const person of this.#people) {
        this.up(person);
        this.down(person);
      }
    }
  }

  #welcome(person: Person, lastRev: number | undefined): void {
    person.isOpen = true;
    const tail = this.log.filter(({ rev }) => rev > (lastRev ?? 0));
    const whole = lastRev === undefined || tail.length > this.longestTail;
    const { id: designId, rev } = this.design;
    const you = { id: 'me', name: person.name, colour: 0 };
    const by = lastRev === undefined ? {} : { by: [...new Set(tail.map(({ actor }) => actor))].slice(0, 4) };
    const told = whole ? { snapshot: this.design, ...by } : { tail };
    person.in.push({ type: 'welcome', designId, rev, ...told, you, peers: [] });
  }

  #answer(person: Person, { type: _type, designId, ...tx }: Extract<LiveRequest, { type: 'tx' }>): void {
    const done = this.commit(tx, person.name);
    const { rev } = this.design;
    if ('code' in done) person.in.push({ type: 'refused', designId, txId: tx.txId, rev, refusal: done });
    // The answer of the one comes before or after the edits for all: both happen.
    else person.in.splice(person.in.length - (++this.#answered % 2), 0, { type: 'ack', designId, ...done });
  }
}

function committable(design: Design, edits: ReturnType<typeof rebase>['edits'], before: readonly LeftOut[], atomic: boolean) {
  if (atomic) {
    const all = edits.map(({ edit }) => edit);
    const applied = applyAll(design, all, kinds);
    return applied.ok ? { ...applied, left: [] } : applied.refusal;
  }
  const some = applySome(
    design,
    edits.map(({ edit }) => edit),
    kinds,
  );
  const left = some.left.map(({ number, refusal }): LeftOut => ({ number: edits[number]?.number ?? number, refusal }));
  return { ...some, left: [...before, ...left] };
}

/** A design opened where there is no server. */
export function openAlone(confirmed: Design, of: Kinds): DesignStore {
  let ids = 0;
  return openDesign(
    { confirmed },
    { kinds: of, send: () => false, newId: () => String(++ids), now: () => 0, later: () => () => {}, tell: () => {} },
  );
}

/** Ann and Bea at a design that holds these edits. */
export function two(...edits: Edit[]) {
  const sea = new Sea();
  if (edits.length > 0) sea.commit({ edits }, 'Somebody');
  const [ann, bea] = [sea.join('Ann'), sea.join('Bea')];
  return { sea, ann, bea };
}

export const names = (design: Design) => Object.keys(design.nodes).sort().join(' ');
export const shown = ({ store }: Person) => store.state.get().shown;
export const says = (design: Design, id = 'a') => design.nodes[id]?.settings['says'];
export const sizeOf = (design: Design, id = 'a') => design.nodes[id]?.settings['size'];
/** Does what is offered in the list of what came of somebody's edits. */
export const takeAll = ({ store }: Person) => store.take(store.state.get().notes.map(({ id }) => id));
export const told = ({ news }: Person) => news.map(({ text }) => text);
