import { ActivityList } from '../activity/activity-list.tsx';
import { usePart, useStore } from '../base/store.ts';
import { DesignName, DesignSwitcher } from '../design/design-switcher.tsx';
import { isEmpty } from '../design/edits.ts';
import { PeopleList } from '../people/people-list.tsx';
import { problemCount, verdictOf } from '../problems/verdict.ts';
import { RunControls } from '../run/run-controls.tsx';
import { Icon } from '../theme/icon.tsx';
import { nextTheme, theme } from '../theme/theme.ts';
import { travel, useDesk } from './desk.ts';

/** The design's name and state at the left, running it in the middle, what the checks say at the right. */
export function TopBar() {
  const desk = useDesk();
  return (
    <header className="top-bar">
      <div className="top-part">
        <DesignSwitcher />
        <DesignName />
        <Saved />
      </div>
      <div className="top-part middle">
        <RunControls />
      </div>
      <div className="top-part end">
        <PeopleList />
        <ActivityList />
        <span className="bar-line" />
        <Verdict />
        <span className="bar-line" />
        <Travel which="undo" />
        <Travel which="redo" />
        <span className="bar-line" />
        <ThemeButton />
        <button
          type="button"
          className="button plain icon-only wide-only"
          aria-label="Keys"
          title="Keys (?)"
          onClick={() => desk.ui.set((ui) => ({ ...ui, sheet: true }))}
        >
          <Icon name="keyboard" />
        </button>
      </div>
    </header>
  );
}

function Saved() {
  const desk = useDesk();
  const { saving, waiting, confirmed } = useStore(desk.design.state);
  const text =
    saving === 'saved'
      ? `Saved · rev ${confirmed.rev}`
      : saving === 'sending'
        ? 'Saving…'
        : `${waiting.length} ${waiting.length === 1 ? 'change' : 'changes'} waiting`;
  return (
    <span className={`saved ${saving}`} data-rev={confirmed.rev} data-saving={saving}>
      {text}
    </span>
  );
}

function Verdict() {
  const desk = useDesk();
  const { is, validation } = useStore(desk.checks.state);
  const said = verdictOf(validation, usePart(desk.design.state, isEmpty));
  const count = problemCount(validation);
  const open = () => desk.ui.set((ui) => ({ ...ui, drawer: ui.drawer === 'problems' ? null : 'problems' }));
  return (
    <button
      type="button"
      className={`verdict ${said.tone}${is === 'asking' ? ' asking' : ''}`}
      aria-label={count > 0 ? undefined : said.text}
      title={said.text}
      data-hint="verdict"
      data-verdict={is}
      onClick={open}
    >
      <Icon name={said.icon} />
      <span className="verdict-words">{said.text}</span>
      {count > 0 && (
        <>
          <span className="count">{count}</span>
          <span className="unseen">in Problems</span>
        </>
      )}
    </button>
  );
}

function Travel({ which }: { readonly which: 'undo' | 'redo' }) {
  const desk = useDesk();
  const last = usePart(desk.design.state, (state) => state[which].at(-1)?.label);
  const word = which === 'undo' ? 'Undo' : 'Redo';
  const title = last === undefined ? `Nothing to ${which}` : `${word} ${last}`;
  return (
    <button
      type="button"
      className="button plain icon-only"
      aria-label={title}
      title={title}
      disabled={last === undefined}
      onClick={() => travel(desk, which)}
    >
      <Icon name={which} />
    </button>
  );
}

function ThemeButton() {
  const now = useStore(theme);
  const icons = { system: 'screen', light: 'sun', dark: 'moon' } as const;
  const says = `Colours: ${now}. Change to ${nextTheme(now)}`;
  return (
    <button type="button" className="button plain icon-only" aria-label={says} title={says} onClick={() => theme.set(nextTheme)}>
      <Icon name={icons[now]} />
    </button>
  );
}
