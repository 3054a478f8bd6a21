/** Messages through source → filter → sink, beside Node's streams and async generators. See README.md for what is measured and what is not. */
import { type Figure, printTable, processorMs } from '../figures.ts';
import { generators, session, streams } from './sides.ts';
import { works } from './work.ts';

const rounds = 5;
const thousandsASecond = (messages: number, ms: number): string => (messages / ms).toFixed(0);

for (const work of works) {
  const sides = [
    { name: 'session, rendezvous', run: session(work, 0) },
    { name: 'session, 16 held', run: session(work, 16) },
    { name: 'streams, 16 held', run: streams(work) },
    { name: 'async generators', run: generators(work) },
  ];
  const figures = await processorMs(
    rounds,
    sides.map(({ run }) => run),
  );
  const [, , ofStreams, ofGenerators] = figures as [Figure, Figure, Figure, Figure];
  const against = ({ median }: Figure, peer: Figure): string => (median / peer.median).toFixed(2);
  const rows = sides.map(({ name }, side) => {
    const figure = figures[side] as Figure;
    const { median, least, most } = figure;
    const spread = `(${thousandsASecond(work.messages, most)}–${thousandsASecond(work.messages, least)})`;
    return [name, thousandsASecond(work.messages, median), spread, against(figure, ofStreams), against(figure, ofGenerators)];
  });
  printTable([[work.name, '1,000 messages/s', '(spread)', 'time against streams', 'against generators'], ...rows]);
}
