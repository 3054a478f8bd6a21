import type { Mutant } from '#base/testing/mutant.ts';

const revisions = 'src/realtime/revisions.test.ts';
const people = 'src/realtime/people.test.ts';
const presence = 'src/realtime/presence.test.ts';
const designs = 'src/realtime/designs.test.ts';
const servers = 'src/realtime/servers.test.ts';
const live = 'src/realtime/live.test.ts';
const telling = 'src/realtime/telling.test.ts';

/** What would make the live socket lose, repeat, or turn round something, or hold too much. */
export const liveMutants: readonly Mutant[] = [
  {
    says: 'a revision that was taken is taken again when it is heard again',
    file: 'src/realtime/revisions.ts',
    from: 'const isNew = this.#taken === undefined || tx.rev > this.#taken;',
    to: 'const isNew = true;',
    tests: revisions,
  },
  {
    says: 'what was not heard is not noticed',
    file: 'src/realtime/revisions.ts',
    from: 'this.#heard > this.#taken;',
    to: 'false;',
    tests: revisions,
  },
  {
    says: 'what comes too early is kept without end',
    file: 'src/realtime/revisions.ts',
    from: ' && this.#early.size < mostEarly',
    to: '',
    tests: revisions,
  },
  {
    says: 'what happens while the design is read is told before welcome',
    file: 'src/realtime/member.ts',
    from: 'if (this.#isReading || this.#held.length > 0',
    to: 'if (this.#held.length > 0',
    tests: designs,
  },
  {
    says: 'what welcome has said is told again',
    file: 'src/realtime/member.ts',
    from: 'const news = txs.filter(({ rev }) => rev > this.#told);',
    to: 'const news = txs;',
    tests: designs,
  },
  {
    says: "one's own edits are told before their acknowledgement",
    file: 'src/realtime/member.ts',
    from: 'return this.#unanswered.size > 0 && txs.some',
    to: 'return false && txs.some',
    tests: designs,
  },
  {
    says: 'what follows held edits is told before them',
    file: 'src/realtime/member.ts',
    from: 'this.#isReading || this.#held.length > 0 || ',
    to: 'this.#isReading || ',
    tests: designs,
  },
  {
    says: 'a revision that never was is taken for one that is known',
    file: 'src/realtime/opening.ts',
    from: 'known?.rev === lastRev ? since : undefined',
    to: 'since',
    tests: designs,
  },
  {
    says: 'a tail that may not be all is told as if it were',
    file: 'src/realtime/opening.ts',
    from: 'if (read.length + 1 >= logPage) return false;',
    to: '',
    tests: designs,
  },
  {
    says: 'a tail of any size is told',
    file: 'src/realtime/opening.ts',
    from: 'return bytes <= largestTailBytes;',
    to: 'return true;',
    tests: designs,
  },
  {
    says: 'after a transaction that failed the next is tried',
    file: 'src/realtime/tx-line.ts',
    from: 'const outcome = this.#isBroken ? failed(txAfterFailed()) : this.#commit(tx);',
    to: 'const outcome = this.#commit(tx);',
    tests: 'src/realtime/database-away.test.ts',
  },
  {
    says: 'presence is told as often as it comes',
    file: 'src/realtime/people.ts',
    from: 'if (person.nextMs > nowMs) {',
    to: 'if (false) {',
    tests: people,
  },
  {
    says: 'presence that came too soon is forgotten',
    file: 'src/realtime/people.ts',
    from: 'moreAtMs = Math.min(moreAtMs, person.nextMs);',
    to: 'this.#changed.delete(person);',
    tests: people,
  },
  {
    says: 'one who had no room is never told what he missed',
    file: 'src/realtime/company.ts',
    from: 'for (const id of others) missed.add(id);',
    to: '',
    tests: presence,
  },
  {
    says: 'presence is told however slowly somebody reads',
    file: 'src/realtime/company.ts',
    from: 'if (outlet.hasRoomForPresence && missed.size === 0) {',
    to: 'if (missed.size === 0) {',
    tests: presence,
  },
  {
    says: 'every edit is a frame of its own, however fast they come',
    file: 'src/realtime/pace.ts',
    from: 'const rested = Math.max(toldMs + leastMs, ',
    to: 'const rested = Math.max(toldMs, ',
    tests: telling,
  },
  {
    says: 'a server that has no time tells as often as one that has',
    file: 'src/realtime/pace.ts',
    from: 'restPerWork * (done - begun)',
    to: '0 * (done - begun)',
    tests: 'src/realtime/pace.test.ts',
  },
  {
    says: 'edits wait for the clock where nothing is under way',
    file: 'src/realtime/open-design.ts',
    from: '(delayMs > 0 ? clock.after(delayMs, fire) : soon(fire));',
    to: 'clock.after(delayMs, fire);',
    tests: telling,
  },
  {
    says: 'a gap is not read from the log',
    file: 'src/realtime/open-design.ts',
    from: 'this.#company.look();\n      void this.#readLog();',
    to: 'this.#company.look();',
    tests: servers,
  },
  {
    says: 'one who hears of a later revision does not read what came before it',
    file: 'src/realtime/open-design.ts',
    from: 'else void this.#readLog();',
    to: 'else return;',
    tests: servers,
  },
  {
    says: 'when the bus is back nobody looks',
    file: 'src/realtime/open-design.ts',
    from: 'this.#company.tellWhoIsHere(true);\n    void this.#readLog();',
    to: 'this.#company.tellWhoIsHere(true);',
    tests: servers,
  },
  {
    says: 'a stalled reader may make the server hold anything',
    file: 'src/realtime/outlet.ts',
    from: 'if (waitingBytes > 0 && waitingBytes + frame.length',
    to: 'if (false && waitingBytes + frame.length',
    tests: live,
  },
  {
    says: 'what waits for a welcome or an answer is kept without end',
    file: 'src/realtime/member.ts',
    from: 'if (!this.outlet.keeps(this.#heldBytes)) this.#held = [];',
    to: '',
    tests: telling,
  },
  {
    says: 'presence is told until figures are left out, too',
    file: 'src/realtime/outlet.ts',
    from: 'return this.waitingBytes <= this.#limits.dropAboveBytes;',
    to: 'return this.waitingBytes <= this.#limits.skipAboveBytes;',
    tests: presence,
  },
  {
    says: 'figures come of everything, wherever one looks',
    file: 'src/realtime/session-pulse.ts',
    from: 'look === undefined ? figures.all : figures.of(look)',
    to: 'look === undefined ? figures.all : figures.all',
    tests: live,
  },
  {
    says: 'what is within a part that is looked at is not told',
    file: 'src/realtime/figures.ts',
    from: 'nodes.has(outerOf(node));',
    to: 'nodes.has(node);',
    tests: 'src/realtime/figures.test.ts',
  },
  {
    says: 'a server hears its own words',
    file: 'src/realtime/relay.ts',
    from: 'if (server === this.#server) return;',
    to: '',
    tests: servers,
  },
  {
    says: 'a type of request is looked for among what every object has',
    file: 'src/realtime/request.ts',
    from: 'schemas.get(type)',
    to: '(Object.fromEntries(schemas) as Record<string, TSchema>)[type as string]',
    tests: 'src/realtime/live.test.ts',
  },
];
