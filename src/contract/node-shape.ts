import { partsOfLabel } from './event-label.ts';
import { copyAfter, decidesForEver, type Lts, type Move, tau, wayTo } from './lts.ts';
import type { Drawn, DrawnMove } from './network.ts';
import { reduce } from './reduce.ts';

/** What is at a channel end of a node. */
export interface EndRole {
  /** `out.2`, as the contract writes it. */
  readonly label: string;
  readonly direction: 'in' | 'out';
  readonly call: boolean;
  readonly connection?: EndConnection;
  /** An unconnected input that is always at its end. */
  readonly silent: boolean;
  /** V53, V66  An unconnected port whose events are not hidden: its environment may stop taking or giving, or they are looked at. */
  readonly apart?: boolean;
}

export interface EndConnection {
  readonly id: string;
  readonly buffered: boolean;
  /** Whether anybody is told that the stream has ended. */
  readonly tellsEnd: boolean;
  /** A rendezvous that drops what nobody waits for. */
  readonly drops: boolean;
  /** Whether the process at the other end of an output may return while this one runs. */
  readonly readerMayLeave: boolean;
}

/** Labels of a node's moves that are no event of its contract: the event's label and one of these words. */
export const gone = '.gone';
export const dropped = '.dropped';
export const leaves = '.leaves';
/** Of a request that the client has given up: its answer, and that the server learns of it. */
export const owed = '.owed';
export const alone = 'τ';

/**
 * K6, K10, K11, K17  A node in its design: its contract, with what the runtime does around it.
 *
 * A process that returns ends its outputs; then it is final, discards what is sent to it and lets go of the buffers it read from.
 * When its reader has gone, a send is discarded and the process goes on or returns; a call is answered with the news.
 */
export function drawNode(contract: Lts, ends: readonly EndRole[]): Drawn {
  const roles = new Map(ends.map((end) => [end.label, end]));
  const clients = ends.filter(({ call, direction, connection }) => call && direction === 'out' && connection !== undefined);
  const lts = hideUnseen(clients.reduce(takesLateAnswers, contract), roles);
  const outputs = ends.filter(({ direction, connection }) => direction === 'out' && connection?.tellsEnd === true);
  const [still, surely] = [
    outputs.filter((end) => mayEndWithout(lts, end.label)),
    outputs.filter((end) => !mayEndWithout(lts, end.label)),
  ];
  const tail = [...surely, ...still];
  const size = lts.moves.length;
  const last = size + tail.length;
  const ended = size + surely.length;
  const moves = lts.moves.map((list, state) =>
    // Only the start is still reached as a final state of the contract: every other move leads to what follows the return.
    lts.final[state] === true
      ? [{ label: alone, to: ended }]
      : list.flatMap(({ label, to }) =>
          movesBy(label === tau ? alone : (lts.labels[label] ?? ''), lts.final[to] ? ended : to, roles, size),
        ),
  );
  for (const [number, { label }] of tail.entries()) moves.push([{ label: `${label}.end`, to: size + number + 1 }]);
  moves.push(finalMoves(last, ends));
  return trim({ moves, final: new Set([last]) });
}

// What nobody else takes part in is an own move, and falls away with the others; unless the node could then go on by itself for ever.
function hideUnseen(contract: Lts, roles: ReadonlyMap<string, EndRole>): Lts {
  const lts = [...roles.values()]
    .filter(({ silent }) => silent)
    .reduce((one, { label }) => endsOnce(one, `${label}.end`), contract);
  const unseen = new Set(lts.labels.flatMap((label, number) => (isUnseen(label, roles) ? [number] : [])));
  const silent = new Set(lts.labels.flatMap((label, number) => (isSilent(label, roles) ? [number] : [])));
  const moves = lts.moves.map((list) => list.filter(({ label }) => !silent.has(label)));
  const hidden = moves.map((list) => list.map(({ label, to }) => ({ label: unseen.has(label) ? tau : label, to })));
  return decidesForEver({ ...lts, moves: hidden }) === undefined ? reduce({ ...lts, moves: hidden }) : { ...lts, moves };
}

// K7: an input that nothing is connected to is at its end, which is seen once like any other.
function endsOnce(lts: Lts, end: string): Lts {
  const number = lts.labels.indexOf(end);
  if (number < 0) return lts;
  const twice = copyAfter(lts, number);
  const { length } = lts.moves;
  return {
    ...twice,
    moves: twice.moves.map((list, state) => (state < length ? list : list.filter(({ label }) => label !== number))),
  };
}

function isUnseen(label: string, roles: ReadonlyMap<string, EndRole>): boolean {
  const { end, word } = partsOfLabel(label);
  const role = roles.get(end);
  if (role === undefined) return false;
  if (role.connection === undefined) return word === 'end' || !(role.silent || role.apart);
  return role.direction === 'out' && (word === 'quit' || (word === 'end' && !role.connection.tellsEnd));
}

function isSilent(label: string, roles: ReadonlyMap<string, EndRole>): boolean {
  const { end, word } = partsOfLabel(label);
  return word !== 'end' && roles.get(end)?.silent === true;
}

/** K17  A client that gave up on a request the server has takes the answer whenever it comes, in every state from there on. */
function takesLateAnswers(lts: Lts, { label: end }: EndRole): Lts {
  const number = (word: string): number => lts.labels.indexOf(`${end}.${word}`);
  const [ask, reply, quit] = [number('ask'), number('reply'), number('quit')];
  if (quit < 0) return lts;
  const labels = [...lts.labels, `${end}.reply${owed}`, `${end}.quit${owed}`];
  const [lateReply, news] = [lts.labels.length, lts.labels.length + 1];
  const size = lts.moves.length;
  const [free, asked, owing] = [0, size, 2 * size];
  const after = (phase: number, label: number): number => {
    if (label === tau) return phase;
    if (label === ask) return asked;
    if (label === reply) return free;
    return label === quit && phase === asked ? owing : phase;
  };
  const copy = (phase: number): Move[][] =>
    lts.moves.map((list, state) => [
      ...list.map(({ label, to }) => ({ label, to: to + after(phase, label) })),
      ...(phase === owing && lts.final[state] !== true
        ? [
            { label: lateReply, to: state + free },
            { label: news, to: state + owing },
          ]
        : []),
    ]);
  return { labels, moves: [free, asked, owing].flatMap(copy), final: [...lts.final, ...lts.final, ...lts.final] };
}

function movesBy(label: string, to: number, roles: ReadonlyMap<string, EndRole>, early: number): DrawnMove[] {
  const plain = { label, to };
  const { end, word } = partsOfLabel(label);
  const role = roles.get(end);
  if (role?.direction !== 'out' || word === 'end' || word === 'quit') return [plain];
  const moves = [plain];
  // The news is an answer: what follows it is in the contract.
  if (role.call) return role.connection?.readerMayLeave ? [plain, { label: label + gone, to }] : moves;
  if (role.connection?.drops) moves.push({ label: label + dropped, to });
  if (role.connection?.readerMayLeave) moves.push({ label: label + gone, to }, { label: label + gone, to: early });
  return moves;
}

function finalMoves(last: number, ends: readonly EndRole[]): DrawnMove[] {
  return ends.flatMap(({ label, direction, call, connection }) => {
    if (connection === undefined) return [];
    const words: string[] = [];
    if (direction === 'in') words.push(...(call ? [`.ask${gone}`, `.reply${gone}`] : [connection.buffered ? leaves : gone]));
    else if (call) words.push(`.reply${owed}`, `.quit${owed}`);
    return words.map((word) => ({ label: label + word, to: last }));
  });
}

// Whether the contract may end without having ended this output.
function mayEndWithout(lts: Lts, label: string): boolean {
  const end = lts.labels.indexOf(`${label}.end`);
  const moves = lts.moves.map((list) => list.filter((move) => move.label !== end || end < 0));
  return wayTo({ ...lts, moves }, (state) => lts.final[state] === true) !== undefined;
}

function trim({ moves, final }: Drawn): Drawn {
  const numbers = new Map([[0, 0]]);
  const queue = [0];
  const kept: DrawnMove[][] = [];
  for (let at = 0; at < queue.length; at++) {
    kept.push(
      (moves[queue[at] ?? 0] ?? []).map(({ label, to }) => {
        const number = numbers.get(to) ?? queue.push(to) - 1;
        numbers.set(to, number);
        return { label, to: number };
      }),
    );
  }
  return { moves: kept, final: new Set(queue.flatMap((state, number) => (final.has(state) ? [number] : []))) };
}
