import type { Caller, Work } from '#app/parts.ts';
import { messageOf } from '#base/errors.ts';
import type { ContractText, ContractWish } from '#model/checks/contract-text.ts';
import { settingFaults } from '#model/settings.ts';

/** V112  The contract of each node that is asked about, in the same order, or why it has none. */
export function contractTexts({ catalog }: Work, _caller: Caller, wishes: readonly ContractWish[]): readonly ContractText[] {
  return wishes.map((wish) => contractText(catalog, wish));
}

function contractText(catalog: Work['catalog'], { kind, version, settings, arity }: ContractWish): ContractText {
  const known = catalog.component(kind);
  if (known === undefined) return { fault: `there is no component kind ${kind} here` };
  try {
    const present = version < known.spec.version ? known.migrate(settings, version) : settings;
    // The schema bounds what a contract is made of; without it a text could be of any length.
    const fault = settingFaults(known.spec, present)[0] ?? known.check(present);
    if (fault !== undefined) return { fault: `setting ${fault.pointer || '(whole)'}: ${fault.message}` };
    const text = known.contractOf(present, arity);
    // Of settings of an older version the names may be others.
    const reads = present === settings ? known.contractReads(settings, arity) : undefined;
    return { text, ...(reads !== undefined && { reads: [...reads] }) };
  } catch (thrown) {
    return { fault: messageOf(thrown) };
  }
}
