/** What checking costs. See README.md for what is measured and what is not. To add figures, add a file with a section and list it here. */
import process from 'node:process';
import { compositional } from './compositional.ts';
import { full } from './full.ts';
import { refinement } from './refine.ts';
import type { Section } from './section.ts';
import { structural } from './structural.ts';
import { stubbornSets } from './stubborn.ts';
import { whole } from './whole.ts';

const sections: readonly Section[] = [whole, structural, stubbornSets, compositional, full, refinement];

const asked = process.argv.slice(2);
for (const { name, run } of sections) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n${name}\n\n`);
  await run();
}
