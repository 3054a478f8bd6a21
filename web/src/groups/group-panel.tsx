import type { DesignBody, Group } from '#model/design.ts';
import { nameOf } from '../design/edits.ts';
import { WhoChanged } from '../history/who-changed.tsx';
import { TextField } from '../inspector/text-field.tsx';
import { commit, useDesk, useShown } from '../shell/desk.ts';
import { select } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';
import { nodesIn } from './frames.ts';
import { setGroup, ungroup } from './group-actions.ts';
import { frameColour, groupColours, groupName } from './group-edits.ts';

/** A group: title, colour, the group it is within, and what it holds. */
export function GroupPanel({ group }: { readonly group: Group }) {
  const desk = useDesk();
  const shown = useShown((design) => design);
  const { id } = group;
  const held = nodesIn(shown, id);
  return (
    <>
      <header className="panel-head">
        <span className="panel-icon" style={{ color: frameColour(group) }}>
          <Icon name="group" size={20} />
        </span>
        <div className="panel-words">
          <h2 className="panel-title">{groupName(group)}</h2>
          <p className="small quiet">Group · {held.length === 1 ? '1 node' : `${held.length} nodes`}</p>
        </div>
        <WhoChanged id={id} />
      </header>
      <div className="panel-body stack">
        <TextField
          label="Title"
          value={group.title}
          placeholder={id}
          maxLength={200}
          save={(title) => setGroup(desk, `change title of ${groupName(group)}`, { id, title })}
        />
        <ColourChoice group={group} />
        <Within
          label="Within"
          value={group.parent}
          others={othersThan(shown, id)}
          save={(parent) => setGroup(desk, `put ${groupName(group)} into another group`, { id, parent })}
        />
        <button type="button" className="button" onClick={() => ungroup(desk, id)}>
          Ungroup
        </button>
        <section>
          <h3 className="label">In it</h3>
          <ul className="group-held">
            {held.map((node) => (
              <li key={node}>
                <button type="button" className="link" onClick={() => select(desk.ui, { nodes: [node] })}>
                  {nameOf(shown.nodes[node], desk.kinds)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

function ColourChoice({ group }: { readonly group: Group }) {
  const desk = useDesk();
  return (
    <fieldset className="group-colours">
      <legend className="label">Colour</legend>
      {groupColours.map((colour) => (
        <label key={colour} title={colour} style={{ '--frame': frameColour({ colour }) } as React.CSSProperties}>
          <input
            type="radio"
            name={`colour of ${group.id}`}
            aria-label={colour}
            checked={group.colour === colour}
            onChange={() => setGroup(desk, `change colour of ${groupName(group)}`, { id: group.id, colour })}
          />
          <i />
        </label>
      ))}
    </fieldset>
  );
}

// A group cannot be within itself.
function othersThan({ canvas }: DesignBody, id: string): readonly Group[] {
  const { groups = {} } = canvas;
  const isInside = (group: Group | undefined): boolean => {
    let at = group;
    for (let steps = 0; at !== undefined && steps <= Object.keys(groups).length; steps++) {
      if (at.id === id) return true;
      at = at.parent === undefined ? undefined : groups[at.parent];
    }
    return false;
  };
  return Object.values(groups).filter((group) => !isInside(group));
}

interface WithinProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly others: readonly Group[];
  readonly save: (group: string | null) => void;
}

function Within({ label, value, others, save }: WithinProps) {
  if (others.length === 0) return null;
  return (
    <label>
      <span className="label">{label}</span>
      <select className="field" value={value ?? ''} onChange={({ target }) => save(target.value === '' ? null : target.value)}>
        <option value="">No group</option>
        {others.map((group) => (
          <option key={group.id} value={group.id}>
            {groupName(group)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The group a node is in, to choose from. */
export function GroupOfNode({ node }: { readonly node: string }) {
  const desk = useDesk();
  const groups = useShown(({ canvas }) => canvas.groups);
  const value = useShown(({ canvas }) => canvas.members?.[node]);
  return (
    <Within
      label="Group"
      value={value}
      others={Object.values(groups ?? {})}
      save={(group) =>
        commit(desk, group === null ? 'take out of the group' : 'put into a group', [{ do: 'group.assign', node, group }])
      }
    />
  );
}
