import './palette.css';
import { type KeyboardEvent, useMemo, useState } from 'react';
import type { ComponentSpec } from '#model/component.ts';
import { middle } from '../canvas/view.ts';
import { place } from '../shell/actions.ts';
import { useDesk } from '../shell/desk.ts';
import { isNarrow } from '../shell/ui.ts';
import { groupColour, Icon } from '../theme/icon.tsx';
import { findKinds, groupKinds } from './find-kinds.ts';
import { KindLine, kindType } from './palette-entry.tsx';

/** The list of components: click or Enter places one in the middle, dragging places it anywhere. */
export function Palette() {
  const desk = useDesk();
  const [query, setQuery] = useState('');
  const found = useMemo(() => findKinds(desk.specs, query), [desk.specs, query]);
  const groups = useMemo(() => (query === '' ? groupKinds(found) : [{ word: '', specs: found }]), [found, query]);
  const put = (spec: ComponentSpec) => {
    place(desk, spec, middle().at);
    if (isNarrow()) desk.ui.set((ui) => ({ ...ui, drawer: null }));
  };
  const enter = (event: KeyboardEvent) => {
    const [first] = found;
    if (event.key === 'Enter' && first !== undefined) put(first);
    if (event.key === 'Escape') setQuery('');
  };
  return (
    <>
      <div className="palette-search">
        <Icon name="search" size={14} />
        <input
          className="field"
          type="search"
          placeholder="Search components"
          aria-label="Search components"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={enter}
        />
      </div>
      <div className="palette-list">
        {groups.map(({ word, specs }) => (
          <section key={word} aria-label={word || 'Found'}>
            {word !== '' && <h3 className="group-word">{word}</h3>}
            <ul>
              {specs.map((spec) => (
                <li key={spec.kind}>
                  <Entry spec={spec} put={put} />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && <p className="nothing">No component is called “{query}”.</p>}
      </div>
    </>
  );
}

function Entry({ spec, put }: { readonly spec: ComponentSpec; readonly put: (spec: ComponentSpec) => void }) {
  return (
    <button
      type="button"
      className="kind-entry"
      style={{ '--group': groupColour(spec.kind) } as React.CSSProperties}
      draggable
      title={`${spec.summary} Click to add, or drag.`}
      data-kind={spec.kind}
      onClick={() => put(spec)}
      onDragStart={(event) => {
        event.dataTransfer.setData(kindType, spec.kind);
        event.dataTransfer.effectAllowed = 'copy';
      }}
    >
      <KindLine spec={spec} />
    </button>
  );
}
