import { useMemo } from 'react';
import { usePart, useStore } from '../base/store.ts';
import type { Frame } from '../run/frame.ts';
import type { Desk } from '../shell/desk.ts';

/** What is marked on the canvas: nodes and wires that are paused by themselves, wires with a breakpoint. */
export interface Marks {
  readonly heldNodes: ReadonlySet<string>;
  readonly heldWires: ReadonlySet<string>;
  readonly breakpoints: ReadonlySet<string>;
}

/** The marks of the design, changed only when one of them is: frames come four times a second. */
export function useMarks(desk: Desk): Marks {
  const live = usePart(desk.run.frame, keyOf);
  const wishes = useStore(desk.run.debug.wishes);
  return useMemo(() => {
    const [nodes = [], wires = [], breakpoints = []] = JSON.parse(live) as string[][];
    return {
      heldNodes: new Set(nodes),
      heldWires: new Set(wires),
      breakpoints: new Set([...breakpoints, ...Object.keys(wishes)]),
    };
  }, [live, wishes]);
}

function keyOf(frame: Frame | null): string {
  const wires = [...(frame?.wires ?? [])];
  const nodes = [...(frame?.nodes ?? [])];
  return JSON.stringify([
    nodes.filter(([, { held }]) => held).map(([id]) => id),
    wires.filter(([, { status }]) => status.held).map(([id]) => id),
    wires.filter(([, { status }]) => status.breakpoint !== undefined).map(([id]) => id),
  ]);
}
