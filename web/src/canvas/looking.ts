import { useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { lookOf } from '../run/look.ts';
import { useDesk } from '../shell/desk.ts';

/** The view moves more often than figures come. */
const spacingMs = 250;

/** W46  Wants the figures of what this canvas shows, as it is moved about; of all while a list shows them all. */
export function useLooking(): void {
  const desk = useDesk();
  const flow = useStoreApi();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let told = 'undefined';
    const look = () => {
      timer = undefined;
      const { transform, width, height } = flow.getState();
      const [x, y, zoom] = transform;
      const seen = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      const { drawer, selection } = desk.ui.get();
      const wanted = drawer === 'outline' ? undefined : lookOf(desk.design.state.get().shown, seen, selection);
      const text = JSON.stringify(wanted) ?? 'undefined';
      if (text === told) return;
      told = text;
      desk.run.look(wanted);
    };
    const soon = () => {
      timer ??= setTimeout(look, spacingMs);
    };
    soon();
    const leaves = [flow.subscribe(soon), desk.ui.subscribe(soon), desk.design.state.subscribe(soon)];
    return () => {
      clearTimeout(timer);
      for (const leave of leaves) leave();
      desk.run.look(undefined);
    };
  }, [desk, flow]);
}
