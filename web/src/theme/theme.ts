import { createStore } from '../base/store.ts';

/** What the person wants: light, dark, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'csp.theme';
const order: readonly Theme[] = ['system', 'light', 'dark'];

function remembered(): Theme {
  const found = order.find((theme) => theme === localStorage.getItem(key));
  return found ?? 'system';
}

/** The chosen theme. */
export const theme = createStore<Theme>(remembered());

/** Counts up whenever colours change, so that what is painted by hand is painted again. */
export const colourAge = createStore(0);

function show(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
  localStorage.setItem(key, chosen);
  colourAge.set((age) => age + 1);
}

/** Shows the theme and keeps it shown. Call once. */
export function startTheme(): void {
  show();
  theme.subscribe(show);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => colourAge.set((age) => age + 1));
}

/** The theme after this one. */
export function nextTheme(now: Theme): Theme {
  return order[(order.indexOf(now) + 1) % order.length] ?? 'system';
}

/** A colour of tokens.css as the canvas element understands it. */
export function colourOf(token: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
