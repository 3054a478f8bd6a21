import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentSpec } from '#model/component.ts';
import { nameOf } from '../design/edits.ts';
import { place } from '../shell/actions.ts';
import { type Desk, useDesk, useUi } from '../shell/desk.ts';
import type { QuickSearch as Search } from '../shell/ui.ts';
import { findKinds, fittingKinds } from './find-kinds.ts';
import { KindLine } from './palette-entry.tsx';

const recentKey = 'csp.recent';

/** The search at the cursor: letters, arrows, Enter. After a wire let go in empty space only what fits, wired when placed. */
export function QuickSearch() {
  const search = useUi((ui) => ui.quick);
  return search === null ? null : <OpenSearch key={`${search.screen.x},${search.screen.y}`} search={search} />;
}

function OpenSearch({ search }: { readonly search: Search }) {
  const desk = useDesk();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => foundFor(desk, search, query), [desk, search, query]);
  const box = useRef<HTMLDivElement>(null);
  const close = () => desk.ui.set((ui) => ({ ...ui, quick: null }));
  useOutside(box, close);
  const put = (spec: ComponentSpec) => {
    remember(spec.kind);
    place(desk, spec, search.at, search.from);
    document.querySelector<HTMLElement>('.react-flow')?.focus();
  };
  const key = (event: KeyboardEvent) => {
    const chosen = found[at];
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && chosen !== undefined) put(chosen);
    else if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="quick" ref={box} style={placeOf(search)} role="dialog" aria-label="Add a component">
      <input
        // biome-ignore lint/a11y/noAutofocus: it was asked for by a key, and is what the person types into.
        autoFocus
        className="quick-field"
        placeholder={questionOf(desk, search)}
        aria-label={questionOf(desk, search)}
        role="combobox"
        aria-expanded="true"
        aria-controls="quick-list"
        aria-activedescendant={found[at] === undefined ? undefined : `quick-${at}`}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <QuickList found={found} at={at} look={setAt} put={put} />
    </div>
  );
}

interface ListProps {
  readonly found: readonly ComponentSpec[];
  readonly at: number;
  readonly look: (at: number) => void;
  readonly put: (spec: ComponentSpec) => void;
}

function QuickList({ found, at, look, put }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`#quick-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <div className="quick-list" id="quick-list" role="listbox" aria-label="Components" ref={list}>
      {found.map((spec, number) => (
        <button
          type="button"
          key={spec.kind}
          id={`quick-${number}`}
          role="option"
          tabIndex={-1}
          aria-selected={number === at}
          className={`quick-entry${number === at ? ' at' : ''}`}
          onPointerMove={() => look(number)}
          onClick={() => put(spec)}
        >
          <KindLine spec={spec} />
          <code className="quiet">{spec.kind}</code>
        </button>
      ))}
      {found.length === 0 && <p className="nothing">Nothing fits.</p>}
    </div>
  );
}

function foundFor(desk: Desk, { from }: Search, query: string): readonly ComponentSpec[] {
  const fitting = fittingKinds(desk.specs, desk.design.state.get().shown, desk.kinds, from);
  if (query.trim() !== '') return findKinds(fitting, query);
  const recent = recents();
  const place = (spec: ComponentSpec) => (recent.includes(spec.kind) ? recent.indexOf(spec.kind) : recent.length);
  return fitting.toSorted((a, b) => place(a) - place(b));
}

function questionOf(desk: Desk, { from }: Search): string {
  if (from === undefined) return 'Add a component';
  return `Connect ${nameOf(desk.design.state.get().shown.nodes[from.node], desk.kinds)} · ${from.port} to`;
}

function recents(): readonly string[] {
  return (localStorage.getItem(recentKey) ?? '').split(' ').filter(Boolean);
}

function remember(kind: string): void {
  localStorage.setItem(recentKey, [kind, ...recents().filter((other) => other !== kind)].slice(0, 5).join(' '));
}

const width = 340;
const height = 380;

function placeOf({ screen }: Search): React.CSSProperties {
  return {
    left: Math.max(8, Math.min(screen.x - 24, innerWidth - width - 8)),
    top: Math.max(8, Math.min(screen.y - 20, innerHeight - height - 8)),
  };
}

function useOutside(box: React.RefObject<HTMLElement | null>, close: () => void): void {
  useEffect(() => {
    const down = (event: PointerEvent) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) close();
    };
    addEventListener('pointerdown', down, true);
    return () => removeEventListener('pointerdown', down, true);
  });
}
