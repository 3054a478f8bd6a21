import { parse } from '#contract/parse.ts';
import { printHead, printIndex, printTerm, type Spelling } from '#contract/print.ts';
import type { Contract, EventTerm } from '#contract/term.ts';
import { type ChannelEnd, type Lookup, type WiredNode, wire } from '#contract/wiring.ts';
import type { Connection, DesignBody } from '#model/design.ts';
import { endText } from '#model/design.ts';
import { identifiersOf, oneLine } from './identifiers.ts';

/**
 * A design as a script for CSP tools (CSPm, as FDR reads it): contracts as they are written, one process a node, one a connection, and
 * the assertion that nothing deadlocks. It says what rules K6 to K11 say; `done` is what all nodes do for ever when all have returned, so
 * that termination is no deadlock.
 *
 * @returns text; a node whose contract is missing stands in it as a comment, and then nothing is asserted.
 */
export function cspmOf(design: DesignBody, lookup: Lookup): string {
  const nodes = wire(design, lookup);
  const names = namesOf(nodes.map(({ id }) => id));
  const ids = namesOf(Object.keys(design.connections));
  const contracts = contractsOf(nodes);
  const connections = Object.values(design.connections);
  const missing = nodes.flatMap(({ id, contract }) =>
    contract.ok ? [] : contract.faults.map((fault) => `-- ${oneLine(`${id}: ${fault}`)}`),
  );
  return [
    `-- ${oneLine(design.name)}`,
    '',
    '-- The contracts. Events of a port are p_…, those of a many port ps_… with the number of the channel.',
    ...portChannels(nodes),
    ...[...contracts.values()].flatMap(({ kind, contract, prefix }) => ['', `-- ${kind}`, ...equations(contract, prefix)]),
    '',
    '-- The connections. m: message, put and take: into and out of a buffer, end: the sender ends, eof: the reader sees it,',
    '-- gone: the reader has returned and the send is discarded, left: so the sender returns, shut: the reader lets go.',
    '-- Of a call: ask, reply, quit: the client gives up, late: the answer after that, told: the server learns of it, agone and hgone: ask and reply of a server that has returned.',
    'channel done, never',
    ...connections.flatMap((connection) => ['', ...link(connection, ids.get(connection.id) ?? '', nodes)]),
    '',
    '-- The nodes.',
    ...nodes.flatMap((node) => ['', ...nodeLines(node, names.get(node.id) ?? '', ids, contracts)]),
    '',
    ...(missing.length > 0 ? ['-- No contract, no assertion:', ...missing] : system(nodes, names, connections, ids)),
    '',
  ].join('\n');
}

interface Named {
  readonly kind: string;
  readonly contract: Contract;
  readonly prefix: string;
}

// By text: nodes of one kind with equal settings share their equations.
function contractsOf(nodes: readonly WiredNode[]): ReadonlyMap<string, Named> {
  const byText = new Map<string, Named>();
  for (const { kind, contract } of nodes) {
    if (!contract.ok || byText.has(contract.text)) continue;
    const parsed = parse(contract.text);
    if (parsed.ok) byText.set(contract.text, { kind, contract: parsed.contract, prefix: `K${byText.size}_` });
  }
  return byText;
}

function equations({ equations: list }: Contract, prefix: string): string[] {
  const spelling = spellingOf(prefix);
  return list.map((equation) => `${printHead(equation, spelling)} = ${printTerm(equation.body, spelling)}`);
}

function spellingOf(prefix: string): Spelling {
  const event = ({ port, index, suffix }: EventTerm): string =>
    (index === undefined ? 'p_' : 'ps_') +
    port +
    (suffix === undefined ? '' : `_${suffix}`) +
    (index === undefined ? '' : `.${printIndex(index)}`);
  return { event, process: (name) => prefix + name, sync: (events) => `[| {${events.map(event).join(', ')}} |]` };
}

const suffixes = ['', '_end', '_ask', '_reply', '_quit'] as const;

function portChannels(nodes: readonly WiredNode[]): string[] {
  const single = new Set<string>();
  const many = new Map<string, number>();
  for (const { ports, arity } of nodes) {
    for (const [name, port] of Object.entries(ports)) {
      if (port.many) many.set(name, Math.max(many.get(name) ?? 1, arity[name] ?? 1));
      else single.add(name);
    }
  }
  const declare = (prefix: string, name: string): string => suffixes.map((suffix) => prefix + name + suffix).join(', ');
  return [
    ...[...single].map((name) => `channel ${declare('p_', name)}`),
    ...[...many].map(([name, count]) => `channel ${declare('ps_', name)} : {0..${count - 1}}`),
  ];
}

function link(connection: Connection, id: string, nodes: readonly WiredNode[]): string[] {
  const { capacity, policy, from } = connection;
  const head = [`-- ${endsText(connection, nodes)}`];
  const ended = [`E_${id} = end_${id} -> E_${id} [] eof_${id} -> S_${id}`, `S_${id} = end_${id} -> S_${id}`];
  if (nodes.find((node) => node.id === from.node)?.ports[from.port]?.protocol === 'call')
    return [...head, ...callLink(id), ...ended];
  if (capacity === 0) {
    const channels = `channel m_${id}, drop_${id}, gone_${id}, left_${id}, end_${id}, eof_${id}`;
    return [...head, channels, `L_${id} = end_${id} -> E_${id}`, ...ended, `LA_${id} = {end_${id}, eof_${id}}`];
  }
  const full = policy === 'block' ? '' : ` [] n == ${capacity} & put_${id} -> B_${id}(n)`;
  return [
    ...head,
    `channel put_${id}, take_${id}, gone_${id}, left_${id}, shut_${id}, end_${id}, eof_${id}`,
    `L_${id} = B_${id}(0)`,
    `B_${id}(n) = n < ${capacity} & put_${id} -> B_${id}(n+1)${full} [] n > 0 & take_${id} -> B_${id}(n-1) [] end_${id} -> E_${id}(n) [] shut_${id} -> G_${id}`,
    `E_${id}(n) = n > 0 & take_${id} -> E_${id}(n-1) [] n == 0 & eof_${id} -> S_${id} [] end_${id} -> E_${id}(n) [] shut_${id} -> G_${id}`,
    `S_${id} = end_${id} -> S_${id} [] shut_${id} -> G_${id}`,
    `G_${id} = gone_${id} -> G_${id} [] left_${id} -> G_${id} [] end_${id} -> G_${id}`,
    `LA_${id} = {put_${id}, take_${id}, gone_${id}, left_${id}, shut_${id}, end_${id}, eof_${id}}`,
  ];
}

// Whether a request is under way, beside whether the stream of them has ended.
function callLink(id: string): string[] {
  const events = ['ask', 'reply', 'quit', 'late', 'told', 'hgone'].map((event) => `${event}_${id}`).join(', ');
  return [
    `channel ${events}, agone_${id}, end_${id}, eof_${id}`,
    `L_${id} = CF_${id} ||| end_${id} -> E_${id}`,
    `CF_${id} = ask_${id} -> CA_${id} [] quit_${id} -> CF_${id} [] hgone_${id} -> CF_${id}`,
    `CA_${id} = reply_${id} -> CF_${id} [] quit_${id} -> CO_${id} [] hgone_${id} -> CF_${id}`,
    `CO_${id} = late_${id} -> CF_${id} [] told_${id} -> CO_${id} [] quit_${id} -> CO_${id} [] hgone_${id} -> CO_${id}`,
    `LA_${id} = {${events}, end_${id}, eof_${id}}`,
  ];
}

function nodeLines(
  node: WiredNode,
  name: string,
  ids: ReadonlyMap<string, string>,
  contracts: ReadonlyMap<string, Named>,
): string[] {
  if (!node.contract.ok) return [`-- ${oneLine(node.id)} has no contract`];
  const named = contracts.get(node.contract.text);
  const [first] = named?.contract.equations ?? [];
  const ends = [...node.ends].map(([label, end]) => endOf(name, label, end, ids));
  const renamed = ends.flatMap(({ renames }) => renames);
  const others = ends.flatMap(({ home, refused = [] }) => [...home, ...refused]);
  const events = [...renamed.map(([, to]) => to), ...others, 'done'];
  const left = ends.flatMap(({ left: event }) => event);
  const finish = ends.flatMap(({ finish: event }) => event);
  const renaming = renamed.map(([from, to]) => `${from} <- ${to}`).join(', ');
  const start = `${named?.prefix}${first?.name}${renaming === '' ? '' : ` [[ ${renaming} ]]`}`;
  const home = [...ends.flatMap((end) => end.home), 'done'].map((event) => `${event} -> HOME_${name}`).join(' [] ');
  return [
    `-- ${oneLine(node.id)}: ${node.kind}`,
    ...ends.flatMap(({ local }) => local),
    `N_${name} = ((${start}) [| {${left.join(', ')}} |> SKIP) ; ${finish.map((event) => `${event} -> `).join('')}HOME_${name}`,
    `HOME_${name} = ${home}`,
    `NA_${name} = {${[...new Set(events)].join(', ')}}`,
  ];
}

interface EndLines {
  /** From the contract's event to the network's. */
  readonly renames: readonly (readonly [string, string])[];
  /** Events after which the process returns early. */
  readonly left: readonly string[];
  /** What ends an output when the process returns. */
  readonly finish: readonly string[];
  /** What a process that has returned still takes part in. */
  readonly home: readonly string[];
  /** What it never takes part in, so that nobody else makes it alone. */
  readonly refused?: readonly string[];
  readonly local: readonly string[];
}

function endOf(name: string, label: string, end: ChannelEnd, ids: ReadonlyMap<string, string>): EndLines {
  const [port = '', index] = label.split('.');
  const own = (suffix: string): string => (index === undefined ? `p_${port}${suffix}` : `ps_${port}${suffix}.${index}`);
  const { connection } = end;
  if (connection === undefined) return openEnd(`${name}_${label.replace('.', '_')}`, own, end);
  const id = ids.get(connection.id) ?? '';
  if (end.port.protocol === 'call') return callEnd(id, own, end.port.direction, connection);
  const buffered = connection.capacity > 0;
  // A rendezvous of a node with itself never happens; who has returned does not send to himself.
  const itself = !buffered && connection.from.node === connection.to.node;
  if (end.port.direction === 'in') {
    const message = [own(''), buffered ? `take_${id}` : itself ? 'never' : `m_${id}`] as const;
    const home = buffered ? [`shut_${id}`] : itself ? [] : [`gone_${id}`, `left_${id}`];
    return { renames: [message, [own('_end'), `eof_${id}`]], left: [], finish: [], home, local: [] };
  }
  const drops = !buffered && connection.policy !== 'block' ? [`drop_${id}`] : [];
  const ways = itself ? ['never'] : [`${buffered ? 'put' : 'm'}_${id}`, `gone_${id}`, `left_${id}`];
  const sends = [...ways, ...drops].map((event) => [own(''), event] as const);
  const renames = [...sends, [own('_end'), `end_${id}`] as const];
  return { renames, left: itself ? [] : [`left_${id}`], finish: [`end_${id}`], home: [], local: [] };
}

function callEnd(id: string, own: (suffix: string) => string, direction: 'in' | 'out', { from, to }: Connection): EndLines {
  const itself = from.node === to.node;
  const of = (event: string): string => (itself ? 'never' : `${event}_${id}`);
  const none = { left: [], local: [] };
  if (direction === 'in') {
    const renames = [
      [own('_ask'), of('ask')],
      [own('_reply'), of('reply')],
      [own('_reply'), of('late')],
      [own('_quit'), of('told')],
      [own('_end'), `eof_${id}`],
    ] as const;
    if (!itself) return { ...none, renames, finish: [], home: [`agone_${id}`, `hgone_${id}`] };
    const refused = ['ask', 'reply', 'late', 'told', 'hgone'].map((event) => `${event}_${id}`);
    return { ...none, renames, finish: [], home: [], refused };
  }
  const renames = [
    [own('_ask'), of('ask')],
    [own('_ask'), of('agone')],
    [own('_reply'), of('reply')],
    [own('_reply'), of('hgone')],
    [own('_quit'), `quit_${id}`],
    [own('_end'), `end_${id}`],
  ] as const;
  // K17: who returns, early or not, gives up the request that may be under way; the link takes a quit in every state.
  return { ...none, renames, finish: [`quit_${id}`, `end_${id}`], home: [] };
}

// An output or a mandatory input that nothing is connected to is free; an optional input has only its end, once.
function openEnd(name: string, own: (suffix: string) => string, { port }: ChannelEnd): EndLines {
  const once = port.direction === 'in' && port.optional;
  const words = port.protocol === 'call' ? ['_ask', '_reply', '_quit'] : [''];
  const free = once ? 'never' : `free_${name}`;
  const renames = [...words.map((word) => [own(word), free] as const), [own('_end'), `eof_${name}`] as const];
  return { renames, left: [], finish: [], home: [], local: [`channel free_${name}, eof_${name}`] };
}

function system(
  nodes: readonly WiredNode[],
  names: ReadonlyMap<string, string>,
  connections: readonly Connection[],
  ids: ReadonlyMap<string, string>,
): string[] {
  const openInputs = nodes.flatMap(({ id, ends }) =>
    [...ends].flatMap(([label, { port, connection }]) =>
      port.direction === 'in' && port.optional && connection === undefined
        ? [`eof_${names.get(id)}_${label.replace('.', '_')}`]
        : [],
    ),
  );
  const parts = [
    ...nodes.map(({ id }) => [`N_${names.get(id)}`, `NA_${names.get(id)}`]),
    ...connections.map(({ id }) => [`L_${ids.get(id)}`, `LA_${ids.get(id)}`]),
    ...openInputs.map((event) => [`${event} -> STOP`, `{${event}}`]),
    ['STOP', '{never}'],
  ];
  return [
    '-- All together: each takes part in the events of its own alphabet.',
    ...parts.map(([process], number) => `P(${number}) = ${process}`),
    ...parts.map(([, alphabet], number) => `A(${number}) = ${alphabet}`),
    `SYSTEM = || i:{0..${parts.length - 1}} @ [A(i)] P(i)`,
    '',
    'assert SYSTEM :[deadlock free [F]]',
  ];
}

function endsText({ from, to }: Connection, nodes: readonly WiredNode[]): string {
  const many = (end: Connection['from']): boolean => nodes.find(({ id }) => id === end.node)?.ports[end.port]?.many === true;
  return `${endText(from, many(from))} → ${endText(to, many(to))}`;
}

/** Identifiers by id. */
function namesOf(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = identifiersOf(ids);
  return new Map(ids.map((id, at) => [id, names[at] ?? '']));
}
