import './history.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DesignVersion } from '#model/design.ts';
import type { HistoryEntry } from '#model/merging/history.ts';
import { usePart, useStore } from '../base/store.ts';
import { timeText } from '../base/time-text.ts';
import { listVersions } from '../client/client.ts';
import { nameOf } from '../design/edits.ts';
import { useDesk, useShown, useUi } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { Branches } from './branches.tsx';
import { keep, lookBack, takeBack } from './history-actions.ts';
import { historyRows } from './history-rows.ts';
import { saidOf, useHistoryReader } from './reading.ts';

/** What was done to the design and by whom, the states that were kept, and its branches. */
export function History() {
  const element = useUi((ui) => ui.historyOf);
  return (
    <div className="history">
      {element === null ? (
        <>
          <KeepForm />
          <Branches />
        </>
      ) : (
        <OnlyOf id={element} />
      )}
      <Entries key={element} element={element} />
    </div>
  );
}

function OnlyOf({ id }: { readonly id: string }) {
  const desk = useDesk();
  const node = useShown((shown) => shown.nodes[id]);
  return (
    <p className="history-only">
      <span>
        Only <b>{node === undefined ? id : nameOf(node, desk.kinds)}</b>
      </span>
      <button type="button" className="button slim" onClick={() => desk.ui.set((ui) => ({ ...ui, historyOf: null }))}>
        Show all
      </button>
    </p>
  );
}

function KeepForm() {
  const desk = useDesk();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const send = async () => {
    if (!(await keep(desk, name.trim(), note.trim()))) return;
    setName('');
    setNote('');
    await queries.invalidateQueries({ queryKey: ['versions'] });
  };
  return (
    <form
      className="history-keep"
      aria-label="Keep this state"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void send();
      }}
    >
      <div className="button-row">
        <input
          className="field"
          placeholder="Name of this state"
          aria-label="Name of this state"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="button" disabled={name.trim() === ''}>
          Keep
        </button>
      </div>
      {name !== '' && (
        <textarea
          className="field"
          placeholder="A note, if you like"
          aria-label="Note"
          rows={2}
          maxLength={10_000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      )}
    </form>
  );
}

function Entries({ element }: { readonly element: string | null }) {
  const desk = useDesk();
  const reader = useHistoryReader(element);
  const { items, cursor, is } = useStore(reader.state);
  const designId = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  const { data } = useQuery({
    queryKey: ['versions', designId],
    queryFn: () => listVersions(designId),
    enabled: element === null,
  });
  const rows = historyRows(items, element === null ? (data?.items ?? []) : [], cursor === null);
  return (
    <>
      {is === 'failed' && <p className="nothing">The history cannot be fetched now.</p>}
      {is === 'known' && rows.length === 0 && <p className="nothing">Nothing was done to it.</p>}
      <ol className="history-list" aria-label="What was done, newest first">
        {rows.map((row) =>
          row.is === 'version' ? (
            <VersionLine key={`version ${row.version.number}`} version={row.version} />
          ) : (
            <EntryLine key={row.entry.txId} entry={row.entry} />
          ),
        )}
      </ol>
      {cursor !== null && (
        <button type="button" className="button history-older" onClick={() => void reader.older()}>
          Older
        </button>
      )}
    </>
  );
}

const doors: Readonly<Record<string, string>> = {
  socket: 'on the page',
  http: 'by program',
  cli: 'by command',
  import: 'from a file',
};

function VersionLine({ version }: { readonly version: DesignVersion }) {
  const desk = useDesk();
  const at = useUi((ui) => ui.past === version.rev);
  return (
    <li className="history-item version" data-version={version.number}>
      <button
        type="button"
        className={`history-line${at ? ' at' : ''}`}
        aria-current={at}
        onClick={() => lookBack(desk, version.rev)}
      >
        <span className="history-says">
          <Icon name="bookmark" size={13} /> <b>{version.name}</b>
        </span>
        {version.note !== '' && <span className="small history-note">{version.note}</span>}
        <span className="small quiet">
          Version {version.number} · rev {version.rev} · {timeText(version.createdAt)}
        </span>
      </button>
    </li>
  );
}

function EntryLine({ entry }: { readonly entry: HistoryEntry }) {
  const desk = useDesk();
  const at = useUi((ui) => ui.past === entry.rev);
  const undone = entry.undoneBy !== undefined;
  return (
    <li className={`history-item${undone ? ' undone' : ''}`} data-rev={entry.rev}>
      <button
        type="button"
        className={`history-line${at ? ' at' : ''}`}
        aria-current={at}
        title="Show the design as it was after this"
        onClick={() => lookBack(desk, entry.rev)}
      >
        <span className="history-says">{sentence(saidOf(entry))}</span>
        <span className="small quiet">
          <b>{entry.actor}</b> {doors[entry.via] ?? `by ${entry.via}`} · rev {entry.rev} · {timeText(entry.at)}
          {undone && ' · taken back'}
        </span>
      </button>
      {!undone && entry.rev > 1 && (
        <button
          type="button"
          className="button plain slim icon-only"
          aria-label={`Take back: ${entry.says}`}
          title="Take this back"
          onClick={() => void takeBack(desk, entry)}
        >
          <Icon name="undo" size={14} />
        </button>
      )}
    </li>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
