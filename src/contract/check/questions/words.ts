import { type Question, wireText } from '#contract/check/question.ts';

/** So many names are said. */
const most = 10;

/** The connections with these ids, in words, as a sentence has them. */
export function listedWires(question: Question, ids: readonly string[]): string {
  const { connections } = question.design;
  const said = ids.slice(0, most).map((id) => (connections[id] === undefined ? id : wireText(question, connections[id])));
  return listed([...said, ...ids.slice(most)]);
}

/** Names as a sentence has them: `a`, `a and b`, `a, b and c`; after the tenth only how many more there are. */
export function listed(names: readonly string[]): string {
  if (names.length > most) return `${names.slice(0, 9).join(', ')} and ${names.length - 9} more`;
  if (names.length < 2) return names.join();
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
