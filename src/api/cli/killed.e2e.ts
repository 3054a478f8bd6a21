import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import type { Edit } from '#model/edits/edit.ts';
import { startRealPostgres } from '#store/testing/real-postgres.ts';
import { Launched, type LaunchOptions, launched } from './testing/launched.ts';

/** A server that is killed while many edit a design through it: what it acknowledged is there afterwards, and the log says so. */

const rounds = 3;
const writers = 6;
/** Each round starts the program anew, which takes long on a busy machine. */
const patienceMs = 400_000;
/** Acknowledged in each round before the kill. */
const enough = 60;

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Sent {
  readonly txId: string;
  readonly edits: readonly Edit[];
}

class Editing {
  readonly acknowledged = new Map<string, { readonly sent: Sent; readonly rev: number }>();
  /** Sent, and the server was gone before it answered. */
  readonly unanswered: Sent[] = [];
  readonly #designUrl: () => string;
  #made = 0;

  constructor(designUrl: () => string) {
    this.#designUrl = designUrl;
  }

  /** Edits until the server is gone. */
  async writer(name: number, told: () => void): Promise<void> {
    for (;;) {
      const id = `n${name}-${this.#made++}`;
      const edits: Edit[] = [
        { do: 'node.add', node: { id, kind: 'compute.discard' }, at: { x: this.#made, y: name } },
        { do: 'design.set', description: id },
      ];
      const sent = { txId: newUuid(), edits: this.#made % 3 === 0 ? edits : edits.slice(1) };
      const rev = await this.send(sent);
      if (rev === undefined) return void this.unanswered.push(sent);
      this.acknowledged.set(sent.txId, { sent, rev });
      told();
    }
  }

  /** The revision a transaction led to; undefined when nobody answers. */
  async send(sent: Sent): Promise<number | undefined> {
    const answer = await fetch(`${this.#designUrl()}/edits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => undefined);
    if (answer === undefined) return undefined;
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return (JSON.parse(answer.text) as { rev: number }).rev;
  }
}

async function killedUnderLoad(data: string, options: LaunchOptions): Promise<void> {
  let designUrl = '';
  const editing = new Editing(() => designUrl);
  for (let round = 0; round < rounds; round++) {
    const server = new Launched(['serve', '--data', data, '--port', '0'], options);
    cleanUps.push(async () => {
      server.child.kill('SIGKILL');
      await server.ended;
    });
    const origin = await server.says(/^CSP Designer is open at (http:\/\/127\.0\.0\.1:[1-9]\d*)\n/);
    designUrl = round === 0 ? await newDesign(origin) : designUrl.replace(/^http:\/\/[^/]+/, origin);
    await nothingLost(editing);
    let acknowledged = 0;
    const all = Array.from({ length: writers }, (_, name) =>
      editing.writer(name, () => {
        if (++acknowledged === enough) server.child.kill('SIGKILL');
      }),
    );
    await Promise.all(all);
    await server.ended;
    expect(acknowledged).toBeGreaterThanOrEqual(enough);
  }
  const { code, out, err } = await launched(['verify-log', '--data', data], options);
  expect([code, err, out]).toEqual([0, '', expect.stringMatching(/as the log says\n$/)]);
}

async function newDesign(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/v1/designs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Under load' }),
  });
  const { id } = (await answer.json()) as { id: string };
  return `${origin}/api/v1/designs/${id}`;
}

// Sent again, an acknowledged transaction is answered as the first time; one without an answer is made once, now or then.
async function nothingLost(editing: Editing): Promise<void> {
  const acknowledged = [...editing.acknowledged.values()];
  const again = await Promise.all(acknowledged.map(({ sent }) => editing.send(sent)));
  expect(again).toEqual(acknowledged.map(({ rev }) => rev));
  for (const sent of editing.unanswered.splice(0)) {
    const revs = [await editing.send(sent), await editing.send(sent)];
    expect(revs[1]).toBe(revs[0]);
    editing.acknowledged.set(sent.txId, { sent, rev: revs[0] ?? 0 });
  }
}

describe('[R3] killed while many edit', () => {
  test(
    'on the embedded database: every acknowledged transaction is there, and the log says what the tables say',
    async () => {
      const data = await mkdtemp(join(tmpdir(), 'killed-'));
      cleanUps.push(() => rm(data, { recursive: true, force: true }));
      await killedUnderLoad(data, {});
    },
    patienceMs,
  );

  test(
    'on PostgreSQL: the same',
    async () => {
      const postgres = await startRealPostgres();
      cleanUps.push(() => postgres.stop());
      const data = await mkdtemp(join(tmpdir(), 'killed-'));
      cleanUps.push(() => rm(data, { recursive: true, force: true }));
      await killedUnderLoad(data, { env: { DATABASE_URL: await postgres.freshUrl() } });
    },
    patienceMs,
  );
});
