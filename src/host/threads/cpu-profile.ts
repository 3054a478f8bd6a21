import type { Profiler, Runtime } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { defineError } from '#base/errors.ts';
import type { HotFunction } from '#model/sessions/profile.ts';

const underWay = defineError(
  'HOST_PROFILE_UNDER_WAY',
  'input',
  'A profile of the thread of this session is being taken. Wait until it is done.',
);

export type CpuProfile = Profiler.Profile;

/** Where a function begins, as the engine counts: script, line and column from 0. */
export interface Place {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number | undefined;
}

let taken = false;

/** The samples of this thread, a thousand a second, from `start` to `stop`; nothing of it is left before and after. S66. */
export class CpuSampling {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Rejects with HOST_PROFILE_UNDER_WAY (input): there is one at a time in a thread. */
  static async start(): Promise<CpuSampling> {
    if (taken) throw underWay();
    taken = true;
    const sampling = new CpuSampling(new Session());
    try {
      sampling.#session.connect();
      await sampling.#session.post('Profiler.enable');
      await sampling.#session.post('Profiler.start');
    } catch (thrown) {
      sampling.#leave();
      throw thrown;
    }
    return sampling;
  }

  /** Ends it. Also tells where functions begin; those the engine has no place of are left out. */
  async stop<K>(functions: ReadonlyMap<K, unknown>): Promise<{ profile: CpuProfile; places: ReadonlyMap<K, Place> }> {
    try {
      const { profile } = await this.#session.post('Profiler.stop');
      return { profile, places: await this.#placesOf(functions) };
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#session.disconnect();
    taken = false;
  }

  // The debugger knows functions by where they are found from the outside: for a moment they are a global.
  async #placesOf<K>(functions: ReadonlyMap<K, unknown>): Promise<ReadonlyMap<K, Place>> {
    Object.assign(globalThis, { cspBehaviours: [...functions.values()] });
    try {
      const { result } = await this.#session.post('Runtime.evaluate', { expression: 'globalThis.cspBehaviours' });
      const listed = (await this.#propertiesOf(result)).result;
      const places = new Map<K, Place>();
      for (const [number, key] of [...functions.keys()].entries()) {
        const found = listed.find(({ name }) => name === String(number))?.value;
        const inner = found?.objectId === undefined ? [] : (await this.#propertiesOf(found)).internalProperties;
        const place = inner?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value as Place | undefined;
        if (place !== undefined) places.set(key, place);
      }
      return places;
    } finally {
      Object.assign(globalThis, { cspBehaviours: undefined });
    }
  }

  async #propertiesOf({ objectId = '' }: Runtime.RemoteObject): Promise<Runtime.GetPropertiesReturnType> {
    return await this.#session.post('Runtime.getProperties', { objectId, ownProperties: true });
  }
}

/** What samples say: functions by owner, most first; those of no owner stand under undefined. */
export interface Spent<K> {
  readonly byOwner: ReadonlyMap<K | undefined, readonly HotFunction[]>;
  readonly idleMs: number;
}

/**
 * S67  Who spent it. A sample belongs to the owner in whose script the stack was last entered, since a step runs in the turn of whoever
 *      sends to it (S71); of several owners in one script to the one that begins last before the function that was entered.
 */
export function spentIn<K>({ nodes, samples = [], timeDeltas = [] }: CpuProfile, owners: ReadonlyMap<K, Place>): Spent<K> {
  const selfMs = new Map<number, number>();
  for (const [number, id] of samples.entries())
    selfMs.set(id, (selfMs.get(id) ?? 0) + Math.max(0, timeDeltas[number + 1] ?? 0) / 1_000);
  const known = new Map(nodes.map((node) => [node.id, node]));
  const byOwner = new Map<K | undefined, Map<string, HotFunction>>();
  let idleMs = 0;
  const walk: [number, K | undefined][] = nodes[0] === undefined ? [] : [[nodes[0].id, undefined]];
  for (let at = walk.pop(); at !== undefined; at = walk.pop()) {
    const node = known.get(at[0]);
    if (node === undefined) continue;
    const { scriptId } = node.callFrame;
    const within = at[1] !== undefined && owners.get(at[1])?.scriptId === scriptId;
    const owner = within ? at[1] : (ownerAt(node.callFrame, owners) ?? at[1]);
    for (const child of node.children ?? []) walk.push([child, owner]);
    const ms = selfMs.get(node.id) ?? 0;
    if (node.callFrame.functionName === '(idle)') idleMs += ms;
    else if (ms > 0) addTo(byOwner, owner, node.callFrame, ms);
  }
  const sorted = [...byOwner].map(([owner, functions]): [K | undefined, HotFunction[]] => [
    owner,
    [...functions.values()].sort((a, b) => b.selfMs - a.selfMs),
  ]);
  return { byOwner: new Map(sorted), idleMs };
}

function ownerAt<K>({ scriptId, lineNumber, columnNumber }: Runtime.CallFrame, owners: ReadonlyMap<K, Place>): K | undefined {
  let last: [K, Place] | undefined;
  for (const [owner, place] of owners) {
    if (place.scriptId !== scriptId || isAfter(place, { lineNumber, columnNumber })) continue;
    if (last === undefined || isAfter(place, last[1])) last = [owner, place];
  }
  return last?.[0];
}

function isAfter(a: Omit<Place, 'scriptId'>, b: Omit<Place, 'scriptId'>): boolean {
  return a.lineNumber > b.lineNumber || (a.lineNumber === b.lineNumber && (a.columnNumber ?? 0) > (b.columnNumber ?? 0));
}

function addTo<K>(byOwner: Map<K, Map<string, HotFunction>>, owner: K, frame: Runtime.CallFrame, ms: number): void {
  const functions = byOwner.get(owner) ?? new Map<string, HotFunction>();
  byOwner.set(owner, functions);
  const at = frame.url === '' ? '' : `${frame.url}:${frame.lineNumber + 1}`;
  const key = `${frame.functionName} ${at}`;
  functions.set(key, { name: frame.functionName, at, selfMs: (functions.get(key)?.selfMs ?? 0) + ms });
}
