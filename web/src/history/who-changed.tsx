import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { askWhoChanged } from './history-actions.ts';

/** Lists the history of one node or wire. */
export function WhoChanged({ id }: { readonly id: string }) {
  const desk = useDesk();
  return (
    <button
      type="button"
      className="button plain icon-only"
      aria-label="Who changed this?"
      title="Who changed this?"
      onClick={() => askWhoChanged(desk, id)}
    >
      <Icon name="history" />
    </button>
  );
}
