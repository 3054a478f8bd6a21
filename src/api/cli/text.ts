import type { CheckedFile, CheckedSystem } from '#app/checks/check-file.ts';
import type { Finding, Trace, Validation, Verdict } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';
import { answersText } from './script-text.ts';
import { recheckedText, verdictWords } from './verdict-words.ts';

/** What the command line prints of a check, for a person: plain text, no colour, one line a fact. */

/** The whole answer of a check, worst first, ending with a line feed. */
export function checkedText(file: string, checked: CheckedFile): string {
  if (checked.is === 'design') return validationText(file, checked) + countText(checked);
  const said = checked.is === 'script' ? answersText(checked.answers) : systemText(checked);
  return headText(file, checked) + said + countText(checked);
}

/** The findings about a design, each with its way there, why it holds, or what would help. */
export function validationText(file: string, validation: Pick<Validation, 'verdict' | 'findings'>): string {
  return headText(file, validation) + validation.findings.map(findingText).join('');
}

function headText(file: string, { verdict }: { readonly verdict: Verdict }): string {
  return `${file}: ${verdictWords[verdict]}\n`;
}

function countText({ count }: CheckedFile): string {
  if (count === undefined) return '';
  const [states, transitions] = [howMany(count.states, 'state'), howMany(count.transitions, 'transition')];
  return `\n${count.complete ? 'exactly' : 'at least'} ${states} can be reached, by ${transitions}\n`;
}

function systemText(checked: CheckedSystem): string {
  const { verdict, engine, states, cpuSeconds, trace, end, knot, certificate, tried, rechecked } = checked;
  const again = recheckedText(verdict, rechecked);
  const cost = `(${engine}, ${howMany(states, 'state')} looked at, ${cpuSeconds.toFixed(2)} s)\n`;
  if (verdict === 'unknown')
    return `\nnot known whether it can deadlock ${cost}${tried.map((what) => `  tried: ${what}\n`).join('')}`;
  if (trace === null || end === null)
    return `\ndeadlock-free ${cost}${certificate?.words.map((words) => `  ${words}\n`).join('') ?? ''}${again}`;
  const width = String(trace.length).length;
  const steps = trace.map((event, index) => `  ${String(index + 1).padStart(width)}. ${event}\n`).join('');
  const heart = knot === null || knot.length < 2 ? '' : `  ${knot.join(', ')} wait only for each other\n`;
  return `\ncan deadlock ${cost}${steps}  then nothing can happen:\n${end.map(endText).join('')}${heart}${again}`;
}

function endText({ component, state, final, waits }: NonNullable<CheckedSystem['end']>[number]): string {
  const on = waits.map(({ event, for: others }) => `${event} (${others.length === 0 ? 'impossible' : others.join(', ')})`);
  const does = on.length > 0 ? `waits for ${on.join(' or ')}` : final ? 'has ended' : 'can do nothing';
  return `  ${component} in state ${state} ${does}\n`;
}

function findingText(finding: Finding): string {
  const head = `\n${finding.severity}  ${finding.rule}: ${finding.message}\n`;
  const tried = finding.tried?.map((what) => `  tried: ${what}\n`).join('') ?? '';
  const because = finding.certificate?.words.map((words) => `  ${words}\n`).join('') ?? '';
  const helps = finding.repairs?.map(({ says }) => `  would help: ${says}\n`).join('') ?? '';
  const again = recheckedText(finding.verdict, finding.rechecked);
  // What is only worth knowing is told in its sentence; --json has the way too.
  const way = finding.trace === undefined || finding.severity === 'info' ? '' : traceText(finding.trace);
  return head + tried + because + way + again + helps;
}

function traceText({ steps, waiting, cycle }: Trace): string {
  const width = String(steps.length).length;
  const lines = steps.map(({ text }, index) => `  ${String(index + 1).padStart(width)}. ${text}\n`);
  const waits = waiting.map(({ node, on }) => `  ${node} waits ${on.map(waitText).join(' or ') || 'for ever'}\n`);
  if (cycle !== undefined) lines.splice(cycle, 0, '  then again and again:\n');
  return lines.join('') + (waits.length === 0 ? '' : `  then nothing can happen:\n${waits.join('')}`);
}

function waitText({ connection, direction, peer }: Trace['waiting'][number]['on'][number]): string {
  return direction === 'send' ? `to send to ${peer} on ${connection}` : `to receive from ${peer} on ${connection}`;
}

/** Rows under a heading, columns as wide as they need; numbers to the right. */
export function table(heading: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = heading.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)));
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) =>
        typeof cell === 'number' ? String(cell).padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [heading, ...rows].map((row) => `${line(row)}\n`).join('');
}
