import './comments.css';
import { useStore as useFlow, ViewportPortal } from '@xyflow/react';
import { Popover } from 'radix-ui';
import { memo, useEffect, useMemo } from 'react';
import type { Anchor, Thread } from '#model/comment.ts';
import type { DesignBody } from '#model/design.ts';
import { usePart, useStore } from '../base/store.ts';
import { shift, shiftedBy } from '../canvas/shift.ts';
import { useDesk, useShown, useUi } from '../shell/desk.ts';
import type { Talk } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';
import { aboutWords, type Drawing, type Pin, pinsOf, tipsOf } from './places.ts';
import { attempt, pointAtCanvas } from './talk.ts';
import { ThreadView } from './thread-view.tsx';
import { WriteComment } from './write-comment.tsx';

/** The pins of comments on the canvas, and the one that is open. */
export function CommentPins() {
  const desk = useDesk();
  const threads = useStore(desk.comments.threads);
  const resolved = useUi((ui) => ui.resolved);
  const talk = useUi((ui) => ui.talk);
  const shown = useMemo(
    () => (threads ?? []).filter(({ id, state }) => state === 'open' || resolved || (talk?.is === 'thread' && talk.id === id)),
    [threads, resolved, talk],
  );
  const anchors = useMemo(
    () => [...shown.map(({ anchor }) => anchor), ...(talk?.is === 'new' ? [talk.anchor] : [])],
    [shown, talk],
  );
  const drawing = useDrawing(anchors);
  const pins = useMemo(() => pinsOf(shown, drawing), [shown, drawing]);
  usePointer();
  return (
    <ViewportPortal>
      <Unzoomed>
        {[...regionsOf(anchors)].map(([key, region]) => (
          <Region key={key} region={region} />
        ))}
        {pins.map((pin) => (
          <PinButton
            key={pin.thread.id}
            thread={pin.thread}
            x={pin.at.x}
            y={pin.at.y}
            stack={pin.stack}
            open={talk?.is === 'thread' && talk.id === pin.thread.id}
          />
        ))}
        {talk !== null && <OpenTalk talk={talk} pins={pins} drawing={drawing} />}
      </Unzoomed>
    </ViewportPortal>
  );
}

// Pins keep their size however far away the drawing is: one style for all, so that they are not drawn again.
function Unzoomed({ children }: { readonly children: React.ReactNode }) {
  const zoom = useFlow(({ transform }) => transform[2]);
  return (
    <div className="pins" style={{ '--unzoom': 1 / zoom } as React.CSSProperties}>
      {children}
    </div>
  );
}

// The drawing with nodes where they are now, also while they are dragged: only those that some pin follows are looked at.
function useDrawing(anchors: readonly Anchor[]): Drawing {
  const { kinds } = useDesk();
  const design = useShown((shown) => shown);
  const ids = useMemo(() => followedBy(anchors, design), [anchors, design]);
  const places = useFlow(({ nodeLookup }) =>
    ids
      .map((id) => {
        const { x, y } = nodeLookup.get(id)?.internals.positionAbsolute ?? design.canvas.positions[id] ?? { x: 0, y: 0 };
        return `${x},${y}`;
      })
      .join(';'),
  );
  // Also while they are shifted with the frame that holds them.
  const by = usePart(shift, (now) => (ids.some((id) => now?.nodes.has(id)) ? now : null));
  return useMemo(() => {
    const at = places.split(';').map((text) => text.split(',').map(Number));
    const byId = new Map(ids.map((id, number) => [id, { x: at[number]?.[0] ?? 0, y: at[number]?.[1] ?? 0 }]));
    const placed = (id: string) => byId.get(id) ?? design.canvas.positions[id] ?? { x: 0, y: 0 };
    return { design, kinds, place: (id: string) => shiftedBy(by, id, placed(id)) };
  }, [design, kinds, ids, places, by]);
}

function followedBy(anchors: readonly Anchor[], { connections }: DesignBody): readonly string[] {
  const ids = anchors.flatMap((anchor) => {
    if ('node' in anchor) return [anchor.node];
    const wire = 'connection' in anchor ? connections[anchor.connection] : undefined;
    return wire === undefined ? [] : [wire.from.node, wire.to.node];
  });
  return [...new Set(ids)];
}

function usePointer(): void {
  useEffect(() => {
    const moved = (event: PointerEvent) => {
      const over = event.target instanceof Element && event.target.closest('.canvas') !== null;
      pointAtCanvas(over ? { x: event.clientX, y: event.clientY } : undefined);
    };
    addEventListener('pointermove', moved, { passive: true });
    return () => removeEventListener('pointermove', moved);
  }, []);
}

type RegionOf = Extract<Anchor, { region: unknown }>['region'];

// Threads about the same region have one frame.
function regionsOf(anchors: readonly Anchor[]): ReadonlyMap<string, RegionOf> {
  return new Map(anchors.flatMap((anchor) => ('region' in anchor ? [[JSON.stringify(anchor), anchor.region] as const] : [])));
}

function Region({ region: { at, size } }: { readonly region: RegionOf }) {
  return <div className="pin-region" style={{ ...size, transform: `translate(${at.x}px, ${at.y}px)` }} />;
}

interface PinProps {
  readonly thread: Thread;
  readonly x: number;
  readonly y: number;
  readonly stack: number;
  readonly open: boolean;
}

const PinButton = memo(function PinButton({ thread, x, y, stack, open }: PinProps) {
  const desk = useDesk();
  const about = useShown((shown) => aboutWords(thread.anchor, shown, desk.kinds));
  const { id, comments, state, orphaned } = thread;
  const [first] = comments;
  const words = comments.length === 1 ? 'Comment' : `${comments.length} comments`;
  const looks = ['pin', 'nodrag', 'nopan', state, orphaned && 'orphan', open && 'now'].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      className={looks}
      style={{ '--x': `${x}px`, '--y': `${y}px`, '--stack': stack } as React.CSSProperties}
      aria-label={`${words} on ${about}, ${state}`}
      aria-expanded={open}
      title={`${first?.actor}: ${first?.text.slice(0, 120)}`}
      data-pin={id}
      data-count={comments.length}
      onClick={() => desk.ui.set((ui) => ({ ...ui, talk: open ? null : { is: 'thread', id } }))}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {comments.length > 1 ? comments.length : <Icon name="comment" size={13} />}
    </button>
  );
});

interface TalkProps {
  readonly talk: Talk;
  readonly pins: readonly Pin[];
  readonly drawing: Drawing;
}

function OpenTalk({ talk, pins, drawing }: TalkProps) {
  const desk = useDesk();
  const pin = talk.is === 'thread' ? pins.find(({ thread }) => thread.id === talk.id) : undefined;
  const at = talk.is === 'new' ? tipsOf([talk.anchor], drawing)(talk.anchor) : pin?.at;
  const close = () => {
    desk.ui.set((ui) => (ui.talk === talk ? { ...ui, talk: null } : ui));
    if (talk.is === 'thread')
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-pin="${talk.id}"]`)?.focus());
  };
  if (at === undefined) return null;
  return (
    <Popover.Root open onOpenChange={(open) => !open && close()}>
      {talk.is === 'new' && (
        <span className="pin now" style={{ '--x': `${at.x}px`, '--y': `${at.y}px`, '--stack': 0 } as React.CSSProperties}>
          <Icon name="comment" size={13} />
        </span>
      )}
      <Popover.Anchor asChild>
        <span className="pin-anchor" style={{ transform: `translate(${at.x}px, ${at.y}px)` }} />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          className="talk"
          side="right"
          align="start"
          sideOffset={28}
          collisionPadding={12}
          updatePositionStrategy="always"
          aria-label={talk.is === 'new' ? 'New comment' : 'Comment'}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => {
            // The pin closes its own; a toast is not elsewhere.
            const { target } = event.detail.originalEvent;
            if (target instanceof Element && target.closest(`[data-pin], .toasts, .drawer`) !== null) event.preventDefault();
          }}
        >
          {talk.is === 'new' ? (
            <NewTalk anchor={talk.anchor} close={close} />
          ) : (
            pin && <ThreadView thread={pin.thread} close={close} />
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function NewTalk({ anchor, close }: { readonly anchor: Anchor; readonly close: () => void }) {
  const desk = useDesk();
  const about = useShown((shown) => aboutWords(anchor, shown, desk.kinds));
  const send = (text: string) =>
    attempt('Not commented', async () => {
      const { id } = await desk.comments.open(anchor, text);
      desk.ui.set((ui) => ({ ...ui, talk: { is: 'thread', id } }));
    });
  return (
    <>
      <div className="thread-head">
        <h3 className="thread-about">
          <bdi>{about}</bdi>
        </h3>
      </div>
      <WriteComment draft={`new ${JSON.stringify(anchor)}`} label="Comment" button="Comment" focus cancel={close} send={send} />
    </>
  );
}
