import { useDesk } from '../shell/desk.ts';
import { countWords, type Difference, signs } from './differences.ts';
import { pastView } from './past-canvas.tsx';
import { rewiredId } from './past-scene.ts';
import { type Past, usePast } from './reading.ts';

/** What has changed since the state that is looked at, in words; each brings what it speaks of into view. */
export function DifferencesPanel() {
  const past = usePast();
  if (past === undefined) return <p className="nothing">Fetching…</p>;
  return (
    <div className="panel-body differences">
      <h2 className="panel-title">Since revision {past.rev}</h2>
      <p className="small quiet">{countWords(past.differences)}</p>
      <ul aria-label="Differences">
        {past.differences.map((one) => (
          <li key={one.key}>
            <Line one={one} past={past} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Line({ one, past }: { readonly one: Difference; readonly past: Past }) {
  const desk = useDesk();
  const { sign, word } = signs[one.mark];
  const nodes = nodesOf(one, past);
  const text = (
    <>
      <span className={`diff-mark diff-${one.mark}`} role="img" aria-label={word} title={word}>
        {sign}
      </span>
      <span>{one.text}</span>
    </>
  );
  if (nodes.length === 0) return <p className="difference">{text}</p>;
  return (
    <button
      type="button"
      className="difference"
      data-difference={one.key}
      onClick={() => {
        void pastView.get()?.fitView({ nodes: nodes.map((id) => ({ id })), padding: 0.4, maxZoom: 1.1 });
        desk.ui.set((ui) => ({ ...ui, quick: null }));
      }}
    >
      {text}
    </button>
  );
}

function nodesOf({ about, id }: Difference, { scene }: Past): readonly string[] {
  const { design } = scene;
  if (about === 'node') return [id];
  if (about === 'group') return Object.entries(design.canvas.members ?? {}).flatMap(([node, of]) => (of === id ? [node] : []));
  const wires = [design.connections[id], design.connections[rewiredId(id)]];
  return about === 'design' ? [] : wires.flatMap((wire) => (wire === undefined ? [] : [wire.from.node, wire.to.node]));
}
