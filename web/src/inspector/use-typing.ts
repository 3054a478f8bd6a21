import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { movedPlace, onTop, type Typed } from './typed-text.ts';

type Element_ = HTMLInputElement | HTMLTextAreaElement;

interface Wishes {
  /** As it is stored, and drawn when nothing is typed. */
  readonly value: string;
  /** As it is stored at this moment, which may be drawn only next. */
  readonly read: () => string;
  /** Saves what was typed on `base`; true when it was taken. */
  readonly save: (text: string, base: string) => boolean;
  /** Saved after so long a rest; without it when the person leaves. */
  readonly restMs?: number;
  /** E52  Keeps at once what is typed and not saved yet; null when nothing is. */
  readonly draft?: ((typed: Typed | null) => void) | undefined;
}

interface Typing {
  readonly ref: RefObject<Element_ | null>;
  readonly text: string;
  change(text: string): void;
  /** Saves at once. */
  done(): void;
  /** Back to what is stored. */
  cancel(): void;
  /** What was saved was not taken after all: it stands here again, to be corrected. */
  giveBack(text: string): void;
}

/** A text that is typed here while others change it: nothing that was typed is lost, and the cursor stays where it was in the words. */
export function useTyping({ value, read, save, restMs, draft }: Wishes): Typing {
  const ref = useRef<Element_ | null>(null);
  // What is typed is in the reference, at once; the state only has it drawn.
  const [, draw] = useState<Typed | null>(null);
  const latest = useRef<Typed | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const outside = useRef({ read, save, draft });
  useLayoutEffect(() => {
    outside.current = { read, save, draft };
  });
  const put = useCallback((next: Typed | null) => {
    latest.current = next;
    outside.current.draft?.(next);
    draw(next);
  }, []);
  const done = useCallback(() => {
    clearTimeout(timer.current);
    const now = latest.current;
    if (now === null) return;
    const { base, text } = onTop(now, outside.current.read());
    put(null);
    if (text !== base && !outside.current.save(text, base)) put({ base, text });
  }, [put]);
  const giveBack = useCallback(
    (given: string) => {
      // Typed on since: then what stands here holds it.
      put({ base: outside.current.read(), text: latest.current?.text ?? given });
    },
    [put],
  );
  // Leaving must not lose what was typed last: neither the field nor the page.
  useEffect(() => {
    addEventListener('pagehide', done);
    return () => {
      removeEventListener('pagehide', done);
      done();
    };
  }, [done]);
  useLayoutEffect(() => {
    if (latest.current !== null && latest.current.base !== value) put(onTop(latest.current, value));
  }, [value, put]);
  const text = latest.current === null ? value : onTop(latest.current, value).text;
  useCursor(ref, text);
  return {
    ref,
    text,
    done,
    change(next) {
      put({ base: value, text: next });
      clearTimeout(timer.current);
      if (restMs !== undefined) timer.current = setTimeout(done, restMs);
    },
    cancel() {
      clearTimeout(timer.current);
      put(null);
    },
    giveBack,
  };
}

// A text set from outside puts the cursor at its end: it goes back to where it was in the words.
function useCursor(ref: RefObject<Element_ | null>, text: string): void {
  const place = useRef<readonly [number, number] | null>(null);
  const element = ref.current;
  if (element !== null && element.value !== text && document.activeElement === element) {
    const move = (at: number | null) => movedPlace(element.value, text, at ?? 0);
    place.current = [move(element.selectionStart), move(element.selectionEnd)];
  }
  useLayoutEffect(() => {
    if (place.current === null) return;
    ref.current?.setSelectionRange(...place.current);
    place.current = null;
  });
}
