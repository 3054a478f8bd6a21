import { Buffer } from 'node:buffer';
import { isInner, outerOf } from '#model/design.ts';
import type { ProcessStatus, SessionSnapshot } from '#model/sessions/session.ts';
import type { Frame } from './frame.ts';

/** W46: what of a session somebody looks at. */
export interface Look {
  readonly nodes: ReadonlySet<string>;
  readonly connections: ReadonlySet<string>;
}

type Channel = SessionSnapshot['channels'][number];

const sees = ({ node }: ProcessStatus, { nodes }: Look): boolean => nodes.has(outerOf(node));
const seesWire = ({ connection }: Channel, { nodes, connections }: Look): boolean =>
  isInner(connection) ? nodes.has(outerOf(connection)) : connections.has(connection);

/** The figures of a session at one moment, as frames: the text of each element is made once, however many look at it. */
export class Figures {
  readonly #snapshot: SessionSnapshot;
  readonly #rest: string;
  readonly #processes: readonly string[];
  readonly #channels: readonly string[];
  #all: Frame | undefined;
  #sums: string | undefined;

  constructor(snapshot: SessionSnapshot) {
    const { at: _at, processes, channels, ...rest } = snapshot;
    this.#snapshot = snapshot;
    this.#rest = JSON.stringify(rest).slice(1, -1);
    this.#processes = processes.map((one) => JSON.stringify(one));
    this.#channels = channels.map((one) => JSON.stringify(one));
  }

  /** A text that is the same as long as nothing moves. */
  get moves(): string {
    return `${this.#rest} ${this.#processes.join()} ${this.#channels.join()}`;
  }

  get all(): Frame {
    this.#all ??= this.#frame(this.#processes, this.#channels, '');
    return this.#all;
  }

  /** Those of some elements, and the sums of all. */
  of(look: Look): Frame {
    const { processes, channels } = this.#snapshot;
    const some = this.#processes.filter((_, n) => sees(processes[n] as ProcessStatus, look));
    const wires = this.#channels.filter((_, n) => seesWire(channels[n] as Channel, look));
    this.#sums ??= JSON.stringify(this.#whole());
    return this.#frame(some, wires, `,"whole":${this.#sums}`);
  }

  #frame(processes: readonly string[], channels: readonly string[], more: string): Frame {
    const at = JSON.stringify(this.#snapshot.at);
    const snapshot = `{${this.#rest},"at":${at},"processes":[${processes}],"channels":[${channels}]}`;
    return Buffer.from(`{"type":"session.snapshot","snapshot":${snapshot}${more}}`);
  }

  #whole() {
    const { processes, channels } = this.#snapshot;
    const drawn = channels.filter(({ connection }) => !isInner(connection));
    return {
      received: drawn.reduce((sum, { received }) => sum + received, 0),
      perSecond: drawn.reduce((sum, { perSecond }) => sum + perSecond, 0),
      failures: processes.reduce((sum, { failures }) => sum + failures, 0),
    };
  }
}
