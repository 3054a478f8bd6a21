import { usePart, useStore } from '../base/store.ts';
import { CommentDrawer } from '../comments/drawer.tsx';
import { Outline } from '../design/outline.tsx';
import { DifferencesPanel } from '../history/differences-panel.tsx';
import { History } from '../history/history-drawer.tsx';
import { Inspector } from '../inspector/inspector.tsx';
import { Palette } from '../palette/palette.tsx';
import { Problems } from '../problems/problems.tsx';
import { problemCount } from '../problems/verdict.ts';
import { Runs } from '../run/runs.tsx';
import { Icon } from '../theme/icon.tsx';
import { useDesk, useUi } from './desk.ts';
import { type Drawer, isNarrow } from './ui.ts';

const drawers: readonly { is: Drawer; word: string; icon: string; shows: () => React.ReactNode }[] = [
  { is: 'components', word: 'Components', icon: 'components', shows: () => <Palette /> },
  { is: 'outline', word: 'Outline', icon: 'outline', shows: () => <Outline /> },
  { is: 'problems', word: 'Problems', icon: 'alert', shows: () => <Problems /> },
  { is: 'comments', word: 'Comments', icon: 'comment', shows: () => <CommentDrawer /> },
  { is: 'history', word: 'History', icon: 'clock', shows: () => <History /> },
  { is: 'runs', word: 'Runs', icon: 'runs', shows: () => <Runs /> },
];

/** The rail at the left: one drawer at a time. */
export function Rail() {
  const desk = useDesk();
  const open = useUi((ui) => ui.drawer);
  const inspecting = useUi((ui) => ui.inspector);
  const { validation } = useStore(desk.checks.state);
  const count = problemCount(validation);
  const talked = usePart(desk.comments.threads, (threads) => threads?.filter(({ state }) => state === 'open').length ?? 0);
  const show = (is: Drawer) =>
    desk.ui.set((ui) => ({
      ...ui,
      drawer: ui.drawer === is ? null : is,
      historyOf: null,
      inspector: isNarrow() ? false : ui.inspector,
    }));
  return (
    <nav className="rail" aria-label="Parts">
      {drawers.map(({ is, word, icon }) => (
        <button
          type="button"
          key={is}
          className={`rail-button${open === is ? ' open' : ''}`}
          aria-pressed={open === is}
          data-hint={is}
          onClick={() => show(is)}
        >
          <Icon name={icon} size={20} />
          <span>{word}</span>
          {is === 'problems' && count > 0 && <span className="rail-count">{count}</span>}
          {is === 'comments' && talked > 0 && <span className="rail-count calm">{talked}</span>}
        </button>
      ))}
      <button
        type="button"
        className={`rail-button rail-last${inspecting ? ' open' : ''}`}
        aria-pressed={inspecting}
        onClick={() => desk.ui.set((ui) => ({ ...ui, inspector: !ui.inspector, drawer: isNarrow() ? null : ui.drawer }))}
      >
        <Icon name="file-text" size={20} />
        <span>Details</span>
      </button>
    </nav>
  );
}

/** What the rail has opened. */
export function OpenDrawer() {
  const desk = useDesk();
  const open = useUi((ui) => ui.drawer);
  const drawer = drawers.find(({ is }) => is === open);
  if (drawer === undefined) return null;
  return (
    <aside className="drawer" aria-label={drawer.word}>
      <header className="drawer-head">
        <h2>{drawer.word}</h2>
        <button
          type="button"
          className="button plain slim icon-only"
          aria-label={`Close ${drawer.word}`}
          onClick={() => desk.ui.set((ui) => ({ ...ui, drawer: null }))}
        >
          <Icon name="close" size={14} />
        </button>
      </header>
      {drawer.shows()}
    </aside>
  );
}

/** The inspector at the right; on a narrow page a sheet from below. */
export function InspectorSide() {
  const desk = useDesk();
  const open = useUi((ui) => ui.inspector);
  const past = useUi((ui) => ui.past !== null);
  if (!open) return null;
  return (
    <aside className="inspector" aria-label="Details">
      <button
        type="button"
        className="button plain slim icon-only sheet-close"
        aria-label="Close details"
        onClick={() => desk.ui.set((ui) => ({ ...ui, inspector: false }))}
      >
        <Icon name="close" size={14} />
      </button>
      {past ? <DifferencesPanel /> : <Inspector />}
    </aside>
  );
}
