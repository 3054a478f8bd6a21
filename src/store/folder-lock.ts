import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFolderLocked } from './store-errors.ts';

/**
 * One process at a time may open a data folder: two would each write pages the other does not know.
 *
 * L1  The lock is a file that names its holder; it appears whole or not at all (written aside, then linked).
 * L2  A lock whose holder is no longer alive is taken over.
 * L3  A process id alone is not a holder: it is used again, and in a container it is often 1. On Linux the start time of
 *     the process and of the machine tell them apart; elsewhere the id has to do.
 */

interface Holder {
  readonly pid: number;
  /** Empty where the system does not say. */
  readonly born: string;
  readonly since: string;
}

/** Releases a folder; twice is once. */
export type Unlock = () => Promise<void>;

const fileName = 'lock';
const patience = 5;

/**
 * Takes the folder for this process.
 *
 * @throws STORE_FOLDER_LOCKED (world), with the holder's process id in `facts.pid`.
 */
export async function lockFolder(folder: string, at: string): Promise<Unlock> {
  const path = join(folder, fileName);
  const aside = join(folder, `${fileName}.${randomUUID()}`);
  const mine: Holder = { pid: process.pid, born: await birthOf(process.pid), since: at };
  const text = `${JSON.stringify(mine)}\n`;
  await writeFile(aside, text);
  try {
    for (let attempt = 0; attempt < patience; attempt++) {
      if (await linked(aside, path)) return unlocker(path, text);
      const found = await readOrNothing(path);
      if (found === undefined) continue;
      const holder = readHolder(found);
      if (holder !== undefined && (await isAlive(holder))) throw lockedBy(folder, holder);
      await removeIfStill(path, found);
    }
    throw storeFolderLocked({ facts: { folder } });
  } finally {
    await rm(aside, { force: true });
  }
}

function unlocker(path: string, text: string): Unlock {
  let held = true;
  return async () => {
    if (held && (await readOrNothing(path)) === text) await rm(path, { force: true });
    held = false;
  };
}

function lockedBy(folder: string, { pid, since }: Holder): Error {
  const who = pid === process.pid ? 'this process' : `process ${pid}`;
  return storeFolderLocked({
    detail: `The data folder ${folder} is open in ${who} since ${since}. Stop it, or choose another folder.`,
    facts: { folder, pid, since },
  });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

// Two may find the same dead holder at once: renaming gives what is there to one of them, and if that was already
// somebody's new lock, it is put back.
async function removeIfStill(path: string, text: string): Promise<void> {
  const taken = `${path}.${randomUUID()}`;
  try {
    await rename(path, taken);
  } catch {
    return;
  }
  if ((await readOrNothing(taken)) !== text) await linked(taken, path);
  await rm(taken, { force: true });
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function readHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, born }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: there is such a process, it belongs to somebody else.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = await birthOf(pid);
  return born === '' || now === '' || born === now;
}

/** When a process was started: the machine's boot and clock ticks since (Linux: field 22 of proc's stat). */
async function birthOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return '';
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name of the program, in parentheses, may hold spaces: count from behind it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? '' : `${boot.trim()}/${ticks}`;
  } catch {
    return '';
  }
}
