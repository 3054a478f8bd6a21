import type { Finding, Trace, Validation, Verdict } from '#model/finding.ts';

/** What the command line prints of a check, for a person: plain text, no colour, one line a fact. */

/** How a verdict is printed. */
export const verdictWords: Readonly<Record<Verdict, string>> = { proved: 'PROVED', refuted: 'REFUTED', unknown: 'UNKNOWN' };

/** The whole answer of a check, worst first, ending with a line feed. */
export function validationText(file: string, validation: Validation): string {
  const findings = validation.findings.map(findingText).join('');
  return `${file}: ${verdictWords[validation.verdict]}\n${findings}`;
}

function findingText(finding: Finding): string {
  const head = `\n${finding.severity}  ${finding.rule}: ${finding.message}\n`;
  const tried = finding.tried?.map((what) => `  tried: ${what}\n`).join('') ?? '';
  return head + tried + (finding.trace === undefined ? '' : traceText(finding.trace));
}

function traceText({ steps, waiting }: Trace): string {
  const width = String(steps.length).length;
  const lines = steps.map(({ text }, index) => `  ${String(index + 1).padStart(width)}. ${text}\n`);
  const waits = waiting.map(({ node, on }) => `  ${node} waits ${on.map(waitText).join(' or ') || 'for ever'}\n`);
  return `${lines.join('')}  then nothing can happen:\n${waits.join('')}`;
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

/** The known word nearest to a mistyped one, when at most two letters differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, steps: editSteps(word, candidate) })).sort((a, b) => a.steps - b.steps);
  return ranked[0] !== undefined && ranked[0].steps <= 2 ? ranked[0].candidate : undefined;
}

// Levenshtein distance, one row at a time.
function editSteps(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const swap = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
