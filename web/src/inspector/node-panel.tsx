import { Tabs } from 'radix-ui';
import type { FailurePolicy, Node } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { withDefaults } from '#model/settings.ts';
import { nameOf } from '../design/edits.ts';
import { GroupOfNode } from '../groups/group-panel.tsx';
import { SizeOfNode } from '../groups/size-of-node.tsx';
import { WhoChanged } from '../history/who-changed.tsx';
import { deleteSelection } from '../shell/actions.ts';
import { commit, useDesk } from '../shell/desk.ts';
import { groupColour, Icon, KindIcon } from '../theme/icon.tsx';
import { LateForm } from './late-form.tsx';
import { NodeDoc } from './node-doc.tsx';
import { NodeLive } from './node-live.tsx';
import { PortList } from './port-list.tsx';
import { RankingFields } from './ranking-fields.tsx';
import { TextField } from './text-field.tsx';

/** A node: name, settings, ports, what it does now, and the words about its kind. */
export function NodePanel({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const spec = desk.kinds.get(node.kind);
  return (
    <>
      <header className="panel-head">
        <span className="panel-icon" style={{ color: groupColour(node.kind) }}>
          <KindIcon icon={spec?.icon ?? ''} kind={node.kind} size={20} />
        </span>
        <div className="panel-words">
          <h2 className="panel-title">{nameOf(node, desk.kinds)}</h2>
          <p className="small quiet">
            {node.kind} · {node.id}
          </p>
        </div>
        <WhoChanged id={node.id} />
        <button
          type="button"
          className="button plain icon-only"
          aria-label={`Delete ${nameOf(node, desk.kinds)}`}
          onClick={() => deleteSelection(desk)}
        >
          <Icon name="bin" />
        </button>
      </header>
      <Tabs.Root className="tabs" defaultValue="properties">
        <Tabs.List className="tab-list" aria-label="About this node">
          <Tabs.Trigger value="properties">Properties</Tabs.Trigger>
          <Tabs.Trigger value="ports">Ports</Tabs.Trigger>
          <Tabs.Trigger value="live">Live</Tabs.Trigger>
          <Tabs.Trigger value="doc">Doc</Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="properties" className="panel-body">
          <Properties node={node} />
        </Tabs.Content>
        <Tabs.Content value="ports" className="panel-body">
          <PortList node={node} />
        </Tabs.Content>
        <Tabs.Content value="live" className="panel-body">
          <NodeLive node={node} />
        </Tabs.Content>
        <Tabs.Content value="doc" className="panel-body">
          {spec === undefined ? <p className="quiet">This kind is unknown here.</p> : <NodeDoc spec={spec} />}
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}

const policies: readonly { value: FailurePolicy; says: string }[] = [
  { value: 'stop', says: 'Stop the session' },
  { value: 'skip', says: 'Skip the message' },
  { value: 'restart', says: 'Restart the node' },
];

function Properties({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const spec = desk.kinds.get(node.kind);
  const set = (label: string, edit: Partial<Extract<Edit, { do: 'node.set' }>>) =>
    commit(desk, `${label} of ${nameOf(node, desk.kinds)}`, [{ do: 'node.set', id: node.id, ...edit }]);
  return (
    <div className="stack">
      <TextField
        label="Name"
        value={node.label}
        placeholder={spec?.title ?? node.id}
        maxLength={200}
        draft={{ is: 'label', node: node.id }}
        save={(label) => set('change name', { label })}
      />
      <label>
        <span className="label">When it fails</span>
        <select
          className="field"
          value={node.onFailure}
          onChange={(event) => set('change failure policy', { onFailure: event.target.value as FailurePolicy })}
        >
          {policies.map(({ value, says }) => (
            <option key={value} value={value}>
              {says}
            </option>
          ))}
        </select>
      </label>
      <RankingFields node={node} save={(rank) => set('change ranking', rank)} />
      <GroupOfNode node={node.id} />
      <SizeOfNode node={node.id} />
      <ResultButton node={node} />
      {spec !== undefined && (
        <LateForm
          spec={spec}
          node={node}
          save={(edits) => desk.design.commit(`change settings of ${nameOf(node, desk.kinds)}`, edits)}
        />
      )}
    </div>
  );
}

// A node that writes a file can show it.
function ResultButton({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const spec = desk.kinds.get(node.kind);
  if (spec === undefined || node.kind !== 'io.file') return null;
  const { mode, path } = withDefaults(spec, node.settings);
  if (typeof path !== 'string' || path === '') return null;
  return (
    <button
      type="button"
      className={`button${mode === 'write' ? ' primary' : ''}`}
      onClick={() => desk.ui.set((ui) => ({ ...ui, result: path }))}
    >
      <Icon name="open" size={14} />
      {mode === 'write' ? 'Open result' : 'Open file'}
    </button>
  );
}
