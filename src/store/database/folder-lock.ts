import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFolderLocked } from '#store/store-errors.ts';

/**
 * One process at a time may open a data folder: two would each write pages the other does not know.
 *
 * The lock is the file `lock.<turn>` with the highest turn; it names its holder, or nobody once it was given back.
 *
 * L1  Whoever finds the highest turn free, or its holder no longer alive, makes the next one. Files appear whole or not at all
 *     (written aside, then linked), and linking fails for all but one.
 * L2  The highest turn is never deleted, so turns only grow: who acts on an old sight of the folder makes a turn that is
 *     not the highest, sees it, and looks again. (Deleting a dead lock instead may delete the living one that came after it.)
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

const patience = 100;

/**
 * Takes the folder for this process.
 *
 * @param at ISO time, for the message to others.
 * @throws STORE_FOLDER_LOCKED (world), with the holder's process id in `facts.pid`.
 */
export async function lockFolder(folder: string, at: string): Promise<Unlock> {
  const aside = join(folder, `lock-${randomUUID()}`);
  const mine: Holder = { pid: process.pid, born: await birthOf(process.pid), since: at };
  try {
    for (let attempt = 0; attempt < patience; attempt++) {
      const [last = 0] = await turns(folder);
      const holder = readHolder(await readOrNothing(turnPath(folder, last)));
      if (holder !== undefined && (await isAlive(holder))) throw lockedBy(folder, holder);
      const turn = last + 1;
      const path = turnPath(folder, turn);
      await writeFile(aside, `${JSON.stringify(mine)}\n`);
      if (!(await linked(aside, path))) continue;
      const [highest, ...lower] = await turns(folder);
      if (highest !== turn) {
        await rm(path, { force: true });
        continue;
      }
      await Promise.all(lower.map((old) => rm(turnPath(folder, old), { force: true })));
      return unlocker(path, join(folder, `lock-${randomUUID()}`));
    }
    throw storeFolderLocked({ facts: { folder } });
  } finally {
    await rm(aside, { force: true });
  }
}

const turnPath = (folder: string, turn: number): string => join(folder, `lock.${turn}`);

/** Every turn there is a file of, the highest first. */
async function turns(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  const found = names.flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => b - a);
}

function unlocker(path: string, aside: string): Unlock {
  let held = true;
  return async () => {
    if (!held) return;
    held = false;
    await writeFile(aside, 'free\n');
    await rename(aside, path);
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

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function readHolder(text: string | undefined): Holder | undefined {
  try {
    const holder = JSON.parse(text ?? '') as Holder;
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
