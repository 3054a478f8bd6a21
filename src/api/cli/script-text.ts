import type { CheckedScript } from '#app/checks/check-file.ts';
import { howMany } from '#model/how-many.ts';
import { recheckedText, verdictWords } from './verdict-words.ts';

type Answer = CheckedScript['answers'][number];

/** What the command line prints of a script's assertions, in their order: plain text, one line a fact. */
export function answersText(answers: readonly Answer[]): string {
  return answers.length === 0 ? '\nthe script asserts nothing\n' : answers.map(answerText).join('');
}

function answerText(answer: Answer): string {
  const { assertion, verdict, engine, message, states, tried = [] } = answer;
  const by = engine === undefined || engine === 'values' ? '' : ` (${engine}, ${howMany(states, 'state')})`;
  const lines = [
    '',
    `${verdictWords[verdict]}  ${assertion}`,
    `  line ${answer.place.line}: ${message}${by}`,
    ...tried.map((what) => `  tried: ${what}`),
    ...(answer.certificate?.words ?? []).map((word) => `  ${word}`),
    ...witnessLines(answer),
    ...outsideLines(answer),
  ];
  return `${lines.join('\n')}\n${recheckedText(verdict, answer.rechecked)}`;
}

/** Longer traces are cut in the middle; --json has the whole. */
const longestTrace = 200;

function witnessLines({ what, trace, cycle, offers, demands, waiting = [] }: Answer): string[] {
  if (what === undefined || trace === undefined) return [];
  const width = String(trace.length).length;
  const steps = trace.map((event, at) => `  ${String(at + 1).padStart(width)}. ${event}`);
  const shown =
    steps.length <= longestTrace
      ? steps
      : [...steps.slice(0, longestTrace / 2), `  … ${steps.length - longestTrace} more …`, ...steps.slice(-longestTrace / 2)];
  const all = (events: readonly string[]): string => (events.length === 0 ? 'nothing' : events.join(', '));
  return [
    ...shown,
    ...(cycle === undefined ? [] : [`  again and again: ${all(cycle)}`]),
    ...(offers === undefined ? [] : [`  offers ${all(offers)}`]),
    ...(demands === undefined ? [] : [`  must offer ${demands.map(all).join('; or ')}`]),
    ...(what === 'deadlock' ? ['  then nothing can happen:'] : []),
    ...waiting.map(
      ({ part, offers: wanted }) =>
        `  ${part} ${wanted.length === 0 ? 'can do nothing more' : `waits for ${wanted.join(' or ')}`}`,
    ),
  ];
}

const mostOutside = 5;

function outsideLines({ outside = [] }: Answer): string[] {
  if (outside.length === 0) return [];
  const shown = outside.slice(0, mostOutside).map(({ process, event }) => `${event} of ${process}`);
  const more = outside.length > mostOutside ? ` and ${outside.length - mostOutside} more` : '';
  return [`  note: not in their alphabets, so they never happen: ${shown.join(', ')}${more}`];
}
