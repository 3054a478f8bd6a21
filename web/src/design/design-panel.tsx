import { howMany } from '#model/how-many.ts';
import './design.css';
import { useStore } from '../base/store.ts';
import { exportDesign } from '../client/client.ts';
import { reasonOf } from '../client/problem.ts';
import { textEdit } from '../inspector/setting-edits.ts';
import { TextField } from '../inspector/text-field.tsx';
import { commit, useDesk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { isNarrow } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';

/** The design itself: name, description, as a file, and the states that were kept. */
export function DesignPanel() {
  const desk = useDesk();
  const { shown } = useStore(desk.design.state);
  return (
    <>
      <header className="panel-head">
        <div className="panel-words">
          <h2 className="panel-title">Design</h2>
          <p className="small quiet">
            {howMany(Object.keys(shown.nodes).length, 'node')}, {howMany(Object.keys(shown.connections).length, 'wire')}
          </p>
        </div>
      </header>
      <div className="panel-body stack">
        <TextField
          label="Name"
          value={shown.name}
          maxLength={200}
          save={(name) => name.trim() !== '' && commit(desk, 'change name', [{ do: 'design.set', name: name.trim() }])}
        />
        <TextField
          label="Description"
          value={shown.description}
          maxLength={10_000}
          rows={4}
          draft={{ is: 'description' }}
          read={() => desk.design.state.get().shown.description}
          save={(is, was) => commit(desk, 'change description', [textEdit(undefined, 'description', was, is)])}
        />
        <section>
          <h3 className="label">As a file</h3>
          <div className="button-row">
            <ExportButton id={shown.id} name={shown.name} format="json" />
            <ExportButton id={shown.id} name={shown.name} format="cspm" />
          </div>
        </section>
        <HistoryButton />
      </div>
    </>
  );
}

interface ExportProps {
  readonly id: string;
  readonly name: string;
  readonly format: 'json' | 'cspm';
}

function ExportButton({ id, name, format }: ExportProps) {
  const download = async () => {
    try {
      const text = await exportDesign(id, format);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
      link.download = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${format === 'json' ? 'design.json' : 'csp'}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      say('bad', `Not exported: ${reasonOf(error)}`);
    }
  };
  return (
    <button type="button" className="button" onClick={() => void download()}>
      <Icon name="download" size={14} />
      {format === 'json' ? 'JSON' : 'CSPm'}
    </button>
  );
}

// States that were kept are in the history.
function HistoryButton() {
  const desk = useDesk();
  return (
    <button
      type="button"
      className="button"
      onClick={() => desk.ui.set((ui) => ({ ...ui, drawer: 'history', historyOf: null, inspector: !isNarrow() && ui.inspector }))}
    >
      <Icon name="history" size={14} /> History and versions
    </button>
  );
}
