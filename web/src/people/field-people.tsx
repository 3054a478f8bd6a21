import { useContext } from 'react';
import { useStore } from '../base/store.ts';
import { SettingsContext } from '../inspector/settings-of.ts';
import { useDesk } from '../shell/desk.ts';
import { personColour } from './person-colour.ts';

/** Who types in this setting now: a name, not a lock. */
export function FieldPeople({ name }: { readonly name: string }) {
  const node = useContext(SettingsContext)?.node;
  const { people } = useDesk();
  const here = useStore(people.fields).filter(({ field }) => field.node === node && field.name === name);
  if (here.length === 0) return null;
  return (
    <span className="field-people">
      {here.map(({ peer }) => (
        <span key={peer.id} className="field-person" style={{ background: personColour(peer.colour) }}>
          {peer.name}
        </span>
      ))}
    </span>
  );
}
