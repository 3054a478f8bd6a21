import { explore } from '#contract/compile.ts';
import { eventsIn } from '#contract/faults.ts';
import type { Lts } from '#contract/lts.ts';
import { parse } from '#contract/parse.ts';
import { printEvent } from '#contract/print.ts';
import { reduce } from '#contract/reduce.ts';
import type { ContractFault } from '#contract/term.ts';

/**
 * V53  The transition system of a specification written as a contract text.
 *
 * @param whyNot says what is wrong with an event, by its name; undefined when nothing is.
 */
export function readSpec(
  text: string,
  whyNot: (event: string) => string | undefined,
): { readonly ok: true; readonly lts: Lts } | { readonly ok: false; readonly fault: ContractFault } {
  const parsed = parse(text, true);
  if (!parsed.ok) return parsed;
  const events = parsed.contract.equations.flatMap(({ body }) => eventsIn(body));
  const placed = (message: string, port: string): { ok: false; fault: ContractFault } => {
    const term = events.find((one) => printEvent(one) === port) ?? events.find((one) => port.startsWith(one.port));
    const place = term && parsed.places.get(term);
    return { ok: false, fault: { message, ...(place !== undefined && { place }) } };
  };
  for (const event of events) {
    const name = printEvent(event);
    const isFixed = event.index === undefined || event.index.is === 'number';
    const why = isFixed ? whyNot(name) : undefined;
    if (why !== undefined) return placed(why, name);
  }
  const explored = explore(parsed.contract);
  if (!explored.ok) return explored;
  for (const label of explored.lts.labels) {
    const why = whyNot(label);
    if (why !== undefined) return placed(why, label);
  }
  return { ok: true, lts: reduce(explored.lts) };
}
