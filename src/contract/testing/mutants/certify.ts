import type { Mutant } from '#base/testing/mutant.ts';

const folder = 'src/contract/certify';
const tests = folder;

/** A checker that agrees with everything is worth nothing. */
export const certifyMutants: readonly Mutant[] = [
  {
    says: 'the end of a trace may be any state',
    file: `${folder}/recheck-trace.ts`,
    from: 'if (!ends.has(dead.join()))',
    to: 'if (ends.size === 0)',
    tests,
  },
  {
    says: 'an event happens when one of its parts offers it',
    file: `${folder}/plain.ts`,
    from: '(part < 0 ? [] : this.after(part, state[part] ?? 0, event))',
    to: '{ const own = this.after(part, state[part] ?? 0, event); return own.length > 0 ? own : [state[part] ?? 0]; }',
    tests,
  },
  {
    says: 'states that were not counted do not matter',
    file: `${folder}/exhaustive.ts`,
    from: "if (reached.size !== wholeNumber(fieldOf(data, 'states')))",
    to: "if (reached.size < wholeNumber(fieldOf(data, 'states')))",
    tests,
  },
  {
    says: 'what happens outside a set may take an event of it away',
    file: `${folder}/stubborn-sets.ts`,
    from: '? makers.every((part) => this.#staysPossible',
    to: '? makers.some((part) => this.#staysPossible',
    tests,
  },
  {
    says: 'two parts are never stuck where one of them offers an event of both',
    file: `${folder}/alike.ts`,
    from: 'this.#targets(b, links[label] ?? lone).length > 0) return false;',
    to: '(links[label] ?? lone) >= 0) return false;',
    tests,
  },
  {
    says: 'parts of one shape are alike, whoever makes their events',
    file: `${folder}/alike.ts`,
    from: 'key += this.#labelOf(part, events[label] ?? -1);',
    to: 'key += 0;',
    tests: `${folder}/alike`,
  },
  {
    says: 'two pairs are alike, however they are wired',
    file: `${folder}/stuck-pairs.ts`,
    from: '[...pair.links, ...pair.linksBack].join()',
    to: '0',
    tests: `${folder}/alike`,
  },
  {
    says: 'who takes part in an event and never offers it does not hold it up',
    file: `${folder}/alike.ts`,
    from: 'links.push(isTheirs && link < 0 ? refused : link);',
    to: 'links.push(link);',
    tests: `${folder}/alike`,
  },
  {
    says: 'what only some makers offer may happen',
    file: `${folder}/stuck-pairs.ts`,
    from: '(offers[event] ?? 0) < plain.makers(event).length',
    to: '(offers[event] ?? 0) < Math.min(1, plain.makers(event).length)',
    tests: `${folder}/alike`,
  },
  {
    says: 'a part with a state left is taken for one without',
    file: `${folder}/elimination.ts`,
    from: 'domains.of(empty).size > 0',
    to: 'domains.of(empty).size > 1',
    tests,
  },
  {
    says: 'who is busy may be kept waiting by an earlier one',
    file: `${folder}/client-server.ts`,
    from: "this.#isLater(other, part) && this.#stuckOnly(part, state, other, ['busy'])",
    to: "this.#stuckOnly(part, state, other, ['busy'])",
    tests,
  },
  {
    says: 'an event that is behind may be refused',
    file: `${folder}/io-order.ts`,
    from: 'own[counts.indexOf(0)] ?? -1',
    to: 'own.find((event) => pairs.plain.offers(part, state).has(event)) ?? -1',
    tests,
  },
  {
    says: 'who waits for a resource may hold a later one',
    file: `${folder}/resource-order.ts`,
    from: 'this.#placeOf(before) < this.#placeOf(resource)',
    to: 'this.#placeOf(before) !== this.#placeOf(resource)',
    tests,
  },
  {
    says: 'states of a class need not be alike',
    file: `${folder}/put-together.ts`,
    from: 'known.text !== does[state]?.text',
    to: 'known.moves.length === 0',
    tests,
  },
  {
    says: 'the parts of a rule are taken for all parts',
    file: `${folder}/recheck-proof.ts`,
    from: 'if (!parts.has(part))',
    to: 'if (parts.size === 0)',
    tests,
  },
];
