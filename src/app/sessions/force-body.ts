import { closedEnds, expanded } from '#app/designs/whole-design.ts';
import { readText } from '#app/files/design-file.ts';
import type { Clock } from '#base/clock.ts';
import { defineError, messageOf } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import { forceDesign } from '#host/checks/forced-design.ts';
import { Trace } from '#model/checks/finding.ts';
import type { WholeDesign } from '#model/expand.ts';
import { faultsOf } from '#model/schema-check.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import { fedBy, type PortFile } from './run-body.ts';

const traceMalformed = defineError('APP_TRACE_MALFORMED', 'input', 'The file holds no trace of a check.');
const traceMissing = defineError('APP_TRACE_MISSING', 'input', 'The check found nothing that comes with a trace.');

export interface ForceOptions {
  /** File with a trace: by itself, in a finding, or in the whole answer of a check. */
  readonly trace: string;
  readonly inputs: readonly PortFile[];
  /** Taken and forgotten. */
  readonly outputs: readonly Omit<PortFile, 'file'>[];
  readonly seed: string;
}

/**
 * Runs the components of a design along a trace (S16).
 *
 * @throws what wiring a design throws, HOST_TRACE_OTHER_DESIGN, APP_FILE_UNREADABLE, APP_TRACE_MALFORMED with a pointer, APP_TRACE_MISSING.
 */
export async function forceBody(
  { catalog, clock }: { readonly catalog: Catalog; readonly clock: Clock },
  whole: WholeDesign,
  { trace, inputs, outputs, seed }: ForceOptions,
): Promise<ForcedReport> {
  const wanted = traceOf(await readText(trace), trace);
  const fed = await Promise.all(inputs.map(fedBy));
  const ends = closedEnds({ inputs: fed, outputs }, expanded(whole, catalog));
  return await forceDesign(clock, { catalog, seed, ...ends }, wanted);
}

function traceOf(text: string, file: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw traceMalformed({ detail: `${file} is not JSON: ${messageOf(cause)}.`, facts: { file }, cause });
  }
  const found = within(value);
  if (found === undefined) {
    const verdict = (value as { verdict?: unknown } | null)?.verdict;
    const said = typeof verdict === 'string' ? `: its verdict is ${verdict}` : '';
    throw traceMissing({ detail: `${file} holds no finding with a trace${said}.`, facts: { file } });
  }
  const [fault] = faultsOf(Trace, found.trace);
  if (fault === undefined) return found.trace as Trace;
  const pointer = found.pointer + fault.pointer;
  throw traceMalformed({ detail: `${file} at ${pointer || 'its root'}: ${fault.message}.`, pointer, facts: { file } });
}

function within(value: unknown): { readonly trace: unknown; readonly pointer: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('steps' in value) return { trace: value, pointer: '' };
  if ('trace' in value && value.trace !== null) return { trace: value.trace, pointer: '/trace' };
  const { findings } = value as { findings?: unknown };
  if (!Array.isArray(findings)) return undefined;
  const number = findings.findIndex((finding) => finding?.trace !== undefined);
  return number < 0 ? undefined : { trace: findings[number].trace, pointer: `/findings/${number}/trace` };
}
