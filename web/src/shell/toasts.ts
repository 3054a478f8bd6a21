import { createStore } from '../base/store.ts';

/** A line that comes up, says one thing, perhaps offers one thing, and goes. */
export interface Toast {
  readonly id: number;
  readonly tone: 'plain' | 'good' | 'bad';
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** The lines shown now, oldest first. */
export const toasts = createStore<readonly Toast[]>([]);
/** What a screen reader says next: runs and what others do, which is seen on the canvas only. */
export const spoken = createStore('');

let ids = 0;
const shortestMs = 4_500;
const actionMs = 12_000;
const most = 3;

/** Shows a line. The same text twice is shown once. */
export function say(tone: Toast['tone'], text: string, action?: Toast['action']): void {
  const toast: Toast = { id: ++ids, tone, text, ...(action !== undefined && { action }) };
  toasts.set((now) => [...now.filter((other) => other.text !== text), toast].slice(-most));
  setTimeout(() => dismiss(toast.id), action === undefined ? shortestMs : actionMs);
}

/** Takes a line away. */
export function dismiss(id: number): void {
  toasts.set((now) => (now.some((toast) => toast.id === id) ? now.filter((toast) => toast.id !== id) : now));
}

/** Takes every line away: the person is already looking at what they speak of. */
export function dismissAll(): void {
  toasts.set([]);
}

/** Says something to those who do not see the canvas. */
export function announce(text: string): void {
  spoken.set(text);
}
