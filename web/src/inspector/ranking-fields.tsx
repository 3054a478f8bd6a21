import './ranking-fields.css';
import type { Node, Priority } from '#model/design.ts';
import { NumberField } from './number-field.tsx';

interface Props {
  readonly node: Node;
  readonly save: (rank: { priority?: Priority; weight?: number }) => boolean;
}

const priorities: readonly { value: Priority; says: string }[] = [
  { value: 'high', says: 'Before others' },
  { value: 'normal', says: 'As others' },
  { value: 'low', says: 'After others' },
];

/** D20  When a node is served, for the few that need it: out of the way unless one of them is set. */
export function RankingFields({ node, save }: Props) {
  const { priority = 'normal', weight = 1 } = node;
  return (
    <details className="advanced" open={node.priority !== undefined || node.weight !== undefined}>
      <summary>Advanced</summary>
      <div className="two">
        <NumberField
          label="Weight"
          title="How much it does before others have their turn; 1 is usual, 100 the most"
          value={weight}
          min={1}
          max={100}
          save={(next) => save({ weight: next })}
        />
        <label title="Of the nodes that can go on, who goes first">
          <span className="label">Served</span>
          <select className="field" value={priority} onChange={(event) => save({ priority: event.target.value as Priority })}>
            {priorities.map(({ value, says }) => (
              <option key={value} value={value}>
                {says}
              </option>
            ))}
          </select>
        </label>
      </div>
    </details>
  );
}
