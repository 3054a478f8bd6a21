/** The words of the command line: what `csp help` prints, and which options each command takes. */

interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly value?: string;
  readonly short?: string;
  readonly says: string;
}

interface Command {
  readonly usage: string;
  readonly says: string;
  readonly options: Readonly<Record<string, Option>>;
}

const components: Option = {
  type: 'string',
  multiple: true,
  value: 'DIR',
  says: 'also load the component kinds of this folder; may be repeated',
};
const json: Option = { type: 'boolean', says: 'answer in JSON, for machines' };

export const commands = {
  serve: {
    usage: 'csp serve',
    says: 'Starts the designer and prints its address.',
    options: {
      port: { type: 'string', value: 'N', says: 'port to listen on; 0 lets the system choose' },
      host: { type: 'string', value: 'ADDRESS', says: 'address to listen on' },
      data: { type: 'string', value: 'DIR', says: 'folder of the embedded database and the files' },
      components,
    },
  },
  check: {
    usage: 'csp check FILE',
    says: 'Says what a design, or a file of automata, can do wrong, with the way there, or whether the assertions of a CSPm script hold. Exits 1 when something is found or cannot be decided.',
    options: {
      json,
      components,
      engine: {
        type: 'string',
        value: 'NAME',
        says: 'auto (all in turn), or one of rules, pairs, stubborn, compositional, full',
      },
      'max-states': { type: 'string', value: 'N', says: 'states to look at before saying unknown (10 million)' },
      seconds: { type: 'string', value: 'N', says: 'time to take before saying unknown (60)' },
      count: { type: 'boolean', says: 'also say exactly how many states can be reached; not of a script' },
      only: {
        type: 'string',
        value: 'A,B',
        says: 'ask of a design only these and deadlock: partial-deadlock, memory, livelock and so on',
      },
      environment: {
        type: 'string',
        value: 'ready|may-refuse',
        says: 'what is behind ports of a design that must be connected and are not (ready)',
      },
      progress: {
        type: 'string',
        value: 'A,B',
        says: 'nodes of a design that make progress too: busy without them for ever is found',
      },
      against: {
        type: 'string',
        value: 'SPEC',
        says: 'whether it does what this allows: a file with a contract text or a design',
      },
      deterministic: { type: 'boolean', says: 'whether a design never can both do an event and refuse it after the same steps' },
      model: {
        type: 'string',
        value: 'T|F|FD',
        says: 'what is compared with --against or --deterministic: traces, failures, or also divergences (FD)',
      },
      hide: { type: 'string', value: 'A,B', says: 'connections not looked at with --against' },
      over: {
        type: 'string',
        value: 'A,B',
        says: 'connections looked at: with --deterministic only these, with --against these too',
      },
    },
  },
  run: {
    usage: 'csp run FILE',
    says: 'Runs the design to its end, then says what passed every connection.',
    options: {
      input: {
        type: 'string',
        multiple: true,
        value: 'NODE.PORT=FILE',
        says: 'feed an unconnected input: a JSON list, NDJSON, or a text as one message',
      },
      output: {
        type: 'string',
        multiple: true,
        value: 'NODE.PORT=FILE',
        says: 'write what leaves an unconnected output as NDJSON; - is standard output',
      },
      files: { type: 'string', value: 'DIR', says: 'root folder of io.file; by default the folder of FILE' },
      seconds: { type: 'string', value: 'N', says: 'stop after this time' },
      times: { type: 'boolean', says: 'say of each node what processor time it took, and how long 95 of 100 messages at most' },
      profile: { type: 'string', value: 'FILE', says: 'the same, and write who spent it as a .cpuprofile for developer tools' },
      monitor: {
        type: 'string',
        value: 'report|block',
        says: 'hold components against their contracts: tell what is not allowed, or end the run there',
      },
      record: { type: 'string', value: 'FILE', says: 'write what enters the run (with --explore: what is found), to replay it' },
      replay: { type: 'string', value: 'FILE', says: 'run again from a recording, without the outside' },
      explore: {
        type: 'boolean',
        says: 'search the possible orders for one that gets stuck or fails; the outside is not touched',
      },
      force: {
        type: 'string',
        value: 'TRACE',
        says: 'follow the trace of a check (its --json answer) and say whether the components get stuck there; nothing outside is touched',
      },
      schedules: { type: 'string', value: 'N', says: 'orders to try with --explore (1000)' },
      preemptions: { type: 'string', value: 'N', says: 'turns taken away in one order of --explore (2)' },
      seed: { type: 'string', value: 'TEXT', says: 'where random numbers, and the random choices of --explore, come from' },
      components,
    },
  },
  export: {
    usage: 'csp export FILE --to FORMAT',
    says: 'Writes the design, or the file of automata, in another form to standard output.',
    options: {
      to: {
        type: 'string',
        value: 'FORMAT',
        says: 'json: the canonical text; cspm, cspm-raw (by states): for CSP tools; promela: SPIN; dot: GraphViz; automata',
      },
      node: { type: 'string', value: 'NAME', says: 'with --to dot: the contract of this node, or this component' },
      components,
    },
  },
  components: {
    usage: 'csp components [KIND]',
    says: 'Lists the component kinds, or one with its ports, settings and contract.',
    options: { json, components },
  },
  diff: {
    usage: 'csp diff A B',
    says: 'Says what differs between two design files, by id. Exits 1 when something does. With one file it prints that in lines, for git.',
    options: { json },
  },
  merge: {
    usage: 'csp merge BASE OURS THEIRS',
    says: 'Puts together what two sides made of a design. Where they are at odds ours holds, and it exits 1.',
    options: {
      output: { type: 'string', short: 'o', value: 'FILE', says: 'write the merged design there; without it to standard output' },
      choose: {
        type: 'string',
        multiple: true,
        value: 'KEY=SIDE',
        says: 'settle a conflict by its key: ours or theirs; may be repeated',
      },
      json,
      components,
    },
  },
  'git-setup': {
    usage: 'csp git-setup [DIR]',
    says: 'Tells the git repository there to compare and merge design files with csp.',
    options: {
      pattern: {
        type: 'string',
        multiple: true,
        value: 'GLOB',
        says: 'which files are designs (design.json and *.design.json); may be repeated',
      },
    },
  },
  'verify-log': {
    usage: 'csp verify-log',
    says: 'Replays the log of every stored design and says where tables or snapshots differ from it. Exits 1 when something does.',
    options: {
      design: { type: 'string', value: 'ID', says: 'of this design alone' },
      data: { type: 'string', value: 'DIR', says: 'folder of the embedded database, which no server may have open' },
    },
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

/** True for a command there is. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

function optionText([name, { short, value, says }]: [string, Option]): string {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return `    ${`${names}${value === undefined ? '' : ` ${value}`}`.padEnd(27)} ${says}\n`;
}

/** The whole help: each command, its options, then the environment. */
export function helpText(environment: string): string {
  const parts = Object.values(commands as Readonly<Record<string, Command>>).map(
    ({ usage, says, options }) => `  ${usage}\n    ${says}\n${Object.entries(options).map(optionText).join('')}`,
  );
  return `csp: draw it, prove it, run it, watch it\n\n${parts.join('\n')}\n  csp help | --help, csp --version\n\nEnvironment\n${environment}`;
}
