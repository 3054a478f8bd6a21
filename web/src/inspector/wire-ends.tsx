import { useMemo, useState } from 'react';
import type { Connection } from '#model/design.ts';
import type { LooseEnd } from '../canvas/shapes.ts';
import { nameOf } from '../design/edits.ts';
import { rewire } from '../shell/actions.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { rewireChoices } from './rewire-choices.ts';

/** Where a wire leads, to be changed without a pointer; what it holds stays. */
export function WireEnds({ wire }: { readonly wire: Connection }) {
  return (
    <div className="two even">
      <WireEnd wire={wire} side="from" label="From" />
      <WireEnd wire={wire} side="to" label="To" />
    </div>
  );
}

interface Props {
  readonly wire: Connection;
  readonly side: 'from' | 'to';
  readonly label: string;
}

const keyOf = ({ node, port, index }: LooseEnd): string => `${node} ${port} ${index}`;

function WireEnd({ wire, side, label }: Props) {
  const desk = useDesk();
  const shown = useShown((design) => design);
  // In a large design the ends are looked for only when they are asked for.
  const [asked, setAsked] = useState(false);
  const choices = useMemo(() => {
    const here: readonly LooseEnd[] = [wire[side]];
    const found = asked ? rewireChoices(shown, desk.kinds, wire, side) : [];
    return [...here, ...found.filter((end) => keyOf(end) !== keyOf(wire[side]))];
  }, [asked, shown, desk.kinds, wire, side]);
  const lead = (key: string) => {
    const end = choices.find((one) => keyOf(one) === key);
    if (end !== undefined) rewire(desk, wire.id, side === 'from' ? end : wire.from, side === 'to' ? end : wire.to);
  };
  return (
    <label>
      <span className="label">{label}</span>
      <select
        className="field"
        value={keyOf(wire[side])}
        onFocus={() => setAsked(true)}
        onPointerDown={() => setAsked(true)}
        onChange={({ target }) => lead(target.value)}
      >
        {choices.map((end) => (
          <option key={keyOf(end)} value={keyOf(end)}>
            {nameOf(shown.nodes[end.node], desk.kinds)} · {end.port}
            {end.index > 0 && ` ${end.index}`}
          </option>
        ))}
      </select>
    </label>
  );
}
