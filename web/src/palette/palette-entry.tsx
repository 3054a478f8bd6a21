import type { ComponentSpec } from '#model/component.ts';
import { groupColour, KindIcon } from '../theme/icon.tsx';

/** The type under which a component kind is dragged. */
export const kindType = 'application/x-csp-kind';

/** A component kind in a list: its icon with the colour of its group, name and what it does. */
export function KindLine({ spec, full = true }: { readonly spec: ComponentSpec; readonly full?: boolean }) {
  return (
    <>
      <span className="kind-icon" style={{ color: groupColour(spec.kind) }}>
        <KindIcon icon={spec.icon} kind={spec.kind} size={18} />
      </span>
      <span className="kind-words">
        <span className="kind-title">{spec.title}</span>
        {full && <span className="kind-summary">{spec.summary}</span>}
      </span>
    </>
  );
}
