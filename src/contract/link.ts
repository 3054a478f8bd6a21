import type { FullPolicy } from '#model/design.ts';
import type { Drawn, DrawnMove } from './network.ts';

/**
 * K7, K8  What a connection has to remember, as a transition system.
 *
 * Labels: `put`, `take`, `end` (the sender ends), `sees` (the reader sees the end), `leaves` (the reader returns), `gone` (a send
 * after that). Ending never waits; the reader sees the end once, after everything put before. In a run it sees it again whenever it
 * asks; but a contract that counts ends would then seem able to go on where its process only waits for another input.
 */

/** Exact counting stops here; a search that fills a buffer further proves nothing. */
export const greatestCount = 10_000;

/** A buffer up to this size is always counted. */
export const smallBuffer = 3;

/** The end of a stream on a rendezvous; its messages need no memory. */
export const endLink: Drawn = {
  moves: [
    [{ label: 'end', to: 1 }],
    [
      { label: 'end', to: 1 },
      { label: 'sees', to: 2 },
    ],
    [{ label: 'end', to: 2 }],
  ],
  final: new Set(),
};

/** Shared by all connections of the same capacity and policy. */
export function bufferLink(capacity: number, policy: FullPolicy): Drawn {
  const size = Math.min(capacity, greatestCount);
  const levels = size + 1;
  const seen = 2 * levels;
  const left = seen + 1;
  const moves: DrawnMove[][] = [];
  for (let depth = 0; depth <= size; depth++) moves.push(openMoves(depth, size, policy, levels, left));
  for (let depth = 0; depth <= size; depth++) moves.push(endedMoves(depth, levels, seen));
  moves.push(seenMoves(seen), leftMoves(left));
  return { moves, final: new Set(), ...(size < capacity && { cutAt: size }) };
}

/** How many messages a buffer of this capacity holds in a state of its `bufferLink`. */
export function heldBy(capacity: number, state: number): number {
  const levels = Math.min(capacity, greatestCount) + 1;
  return state >= 2 * levels ? 0 : state % levels;
}

function openMoves(depth: number, size: number, policy: FullPolicy, levels: number, left: number): DrawnMove[] {
  const moves: DrawnMove[] = [];
  if (depth < size) moves.push({ label: 'put', to: depth + 1 });
  else if (policy !== 'block') moves.push({ label: 'put', to: depth });
  if (depth > 0) moves.push({ label: 'take', to: depth - 1 });
  moves.push({ label: 'end', to: levels + depth }, { label: 'leaves', to: left });
  return moves;
}

function endedMoves(depth: number, levels: number, seen: number): DrawnMove[] {
  const here = levels + depth;
  const next = depth > 0 ? { label: 'take', to: here - 1 } : { label: 'sees', to: seen };
  return [next, { label: 'end', to: here }, { label: 'leaves', to: seen + 1 }];
}

function seenMoves(seen: number): DrawnMove[] {
  return [
    { label: 'end', to: seen },
    { label: 'leaves', to: seen + 1 },
  ];
}

function leftMoves(left: number): DrawnMove[] {
  return [
    { label: 'gone', to: left },
    { label: 'end', to: left },
  ];
}

/**
 * K9  A buffer that only knows whether it is empty, full or neither, and moves between them as any count in between may. What can happen in
 *     a state is what can happen in each state it stands for, and it goes wherever they go: a network with such
 *     buffers in which nothing deadlocks has no deadlock with counted ones. Not so the other way round.
 */
export function roughBuffer(policy: FullPolicy): Drawn {
  const [empty, some, full, seen, left] = [0, 1, 2, 6, 7];
  const ended = (level: number): number => level + 3;
  const moves: DrawnMove[][] = [
    [{ label: 'put', to: some }],
    [
      { label: 'put', to: some },
      { label: 'put', to: full },
      { label: 'take', to: some },
      { label: 'take', to: empty },
    ],
    [{ label: 'take', to: some }, ...(policy === 'block' ? [] : [{ label: 'put', to: full }])],
  ];
  for (const [level, list] of moves.entries()) list.push({ label: 'end', to: ended(level) }, { label: 'leaves', to: left });
  const takes = [
    [{ label: 'sees', to: seen }],
    [
      { label: 'take', to: ended(some) },
      { label: 'take', to: ended(empty) },
    ],
  ];
  takes.push([{ label: 'take', to: ended(some) }]);
  for (const [level, list] of takes.entries())
    moves.push([...list, { label: 'end', to: ended(level) }, { label: 'leaves', to: left }]);
  return { moves: [...moves, seenMoves(seen), leftMoves(left)], final: new Set() };
}
