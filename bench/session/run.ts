/** Starting, pausing and many sessions. See README.md for what is measured and what is not. */
import process from 'node:process';
import { measureApi } from './api.ts';
import { measureLag } from './lag.ts';
import { measurePause } from './pause.ts';
import { measureStart } from './start.ts';

const parts = { nodes: measureStart, pause: measurePause, http: measureApi, lag: measureLag };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`No part ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.\n`);
  process.exitCode = 1;
} else {
  for (const [name, measure] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await measure();
}
