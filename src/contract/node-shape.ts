import { copyAfter, decidesForEver, type Lts, tau, wayTo } from './lts.ts';
import type { Drawn, DrawnMove } from './network.ts';
import { reduce } from './reduce.ts';

/** What is at a channel end of a node. */
export interface EndRole {
  /** `out.2`, as the contract writes it. */
  readonly label: string;
  readonly direction: 'in' | 'out';
  readonly connection?: EndConnection;
  /** An unconnected input that is always at its end. */
  readonly silent: boolean;
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
export const alone = 'τ';

/**
 * K6, K10, K11  A node in its design: its contract, with what the runtime does around it.
 *
 * A process that returns ends its outputs; then it is final, discards what is sent to it and lets go of the buffers it read from.
 * When its reader has gone, a send is discarded and the process goes on or returns.
 */
export function drawNode(contract: Lts, ends: readonly EndRole[]): Drawn {
  const roles = new Map(ends.map((end) => [end.label, end]));
  const lts = hideUnseen(contract, roles);
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
  const silent = new Set(lts.labels.flatMap((label, number) => (roles.get(label)?.silent === true ? [number] : [])));
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
  const isEnd = label.endsWith('.end');
  const role = roles.get(isEnd ? label.slice(0, -'.end'.length) : label);
  if (role === undefined) return false;
  if (role.connection === undefined) return isEnd || !role.silent;
  return isEnd && role.direction === 'out' && !role.connection.tellsEnd;
}

function movesBy(label: string, to: number, roles: ReadonlyMap<string, EndRole>, early: number): DrawnMove[] {
  const plain = { label, to };
  const role = roles.get(label);
  if (role === undefined) return [plain];
  if (role.direction === 'in') return [plain];
  const moves = [plain];
  if (role.connection?.drops) moves.push({ label: label + dropped, to });
  if (role.connection?.readerMayLeave) moves.push({ label: label + gone, to }, { label: label + gone, to: early });
  return moves;
}

function finalMoves(last: number, ends: readonly EndRole[]): DrawnMove[] {
  return ends.flatMap(({ label, direction, connection }) =>
    direction === 'in' && connection !== undefined ? [{ label: label + (connection.buffered ? leaves : gone), to: last }] : [],
  );
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
