import type { WidgetProps } from '@rjsf/utils';
import { useQuery } from '@tanstack/react-query';
import { usePart } from '../base/store.ts';
import { listDesigns } from '../client/client.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';

/** Chooses another design, and opens it. What is named and not in the list stays to be seen. */
export function DesignChoice({ id, value, onChange }: WidgetProps) {
  const desk = useDesk();
  const here = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  const { data } = useQuery({ queryKey: ['designs'], queryFn: () => listDesigns() });
  const chosen = (value as string | undefined) ?? '';
  const designs = data?.items.filter((design) => design.id !== here) ?? [];
  const known = chosen === '' || designs.some((design) => design.id === chosen);
  return (
    <div className="form-row">
      <div className="form-cell">
        <select id={id} className="field" value={chosen} onChange={({ target }) => onChange(target.value, undefined, id)}>
          <option value="">Choose a design…</option>
          {!known && <option value={chosen}>{chosen}</option>}
          {designs.map((design) => (
            <option key={design.id} value={design.id}>
              {design.name}
            </option>
          ))}
        </select>
      </div>
      <button type="button" className="button slim" disabled={chosen === ''} onClick={() => desk.go(chosen)}>
        <Icon name="open" size={12} /> Open
      </button>
    </div>
  );
}
