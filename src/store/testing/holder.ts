import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { emptyDesign } from '#model/design.ts';
import { openDatabase } from '#store/database/database.ts';
import { Designs } from '#store/designs/designs.ts';

/**
 * A process that opens the folder it is given, then creates designs until it is killed; it writes the id of each on a
 * line of its own once the database has acknowledged it.
 */
const [, , folder] = process.argv;
const { db } = await openDatabase({ folder });
const designs = new Designs(db, systemClock);
process.stdout.write('open\n');
for (let number = 0; ; number++) {
  const txId = newUuid();
  const { id } = await designs.create({ id: newUuid(), body: emptyDesign(`number ${number}`), actor: 'ada', via: 'test', txId });
  process.stdout.write(`${id}\n`);
}
