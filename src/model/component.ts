import { type Static, type TSchema, Type } from 'typebox';

/** What everyone may know of a component kind without its behaviour: words, settings, ports. */

export const Protocol = Type.Union([Type.Literal('data'), Type.Literal('call')], {
  description: 'data: one way; call: request and reply.',
});

export const PortSpec = Type.Object({
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  protocol: Protocol,
  many: Type.Boolean({ description: 'Takes any number of connections, told apart by their index.' }),
  optional: Type.Boolean({ description: 'May stay unconnected: an input is then at its end, an output discards.' }),
  description: Type.String(),
  schema: Type.Unknown({ description: 'JSON Schema of a message, on a call port of a request; {} is any.' }),
  reply: Type.Optional(Type.Unknown({ description: 'JSON Schema of a reply; call ports only.' })),
});
export type PortSpec = Static<typeof PortSpec>;

export const ComponentExample = Type.Object({
  says: Type.String(),
  settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  given: Type.Record(Type.String(), Type.Array(Type.Unknown())),
  gives: Type.Record(Type.String(), Type.Array(Type.Unknown())),
});

/** What a kind is as a process, and what that is good for. */
export const ComponentClass = Type.Object({
  name: Type.String({ description: 'client-server, I/O-SEQ, deterministic, …' }),
  says: Type.String({ description: 'What it does, and what that is good for, in a sentence.' }),
});
export type ComponentClass = Static<typeof ComponentClass>;

export const ComponentSpec = Type.Object({
  kind: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  title: Type.String(),
  icon: Type.String({ description: 'Name of an icon of the page.' }),
  summary: Type.String(),
  settings: Type.Unknown({ description: 'JSON Schema of the settings, with defaults.' }),
  ports: Type.Record(Type.String(), PortSpec),
  contract: Type.String({ description: 'The contract with default settings and one channel on each many port.' }),
  contractFixed: Type.Optional(Type.Boolean({ description: 'True: it is this text whatever the settings and channels.' })),
  nests: Type.Optional(
    Type.Boolean({ description: 'True: a node of it stands for other nodes and has no contract of its own.' }),
  ),
  examples: Type.Array(ComponentExample),
  classes: Type.Optional(
    Type.Array(ComponentClass, { description: 'Of its contract with default settings and two channels on each many port.' }),
  ),
});
export type ComponentSpec = Omit<Static<typeof ComponentSpec>, 'settings'> & { readonly settings: TSchema };

/** Looks kinds up; what `apply` and the checks need of the catalogue. */
export interface Kinds {
  get(kind: string): ComponentSpec | undefined;
  /** What the settings schema cannot say, such as an expression that does not parse; pointer into the settings. */
  check?(
    kind: string,
    settings: Readonly<Record<string, unknown>>,
  ): { readonly pointer: string; readonly message: string } | undefined;
  /** What a node of a nesting kind stands for (D10); undefined for every other kind. */
  nesting?(kind: string, settings: Readonly<Record<string, unknown>>): Nesting | undefined;
}

/** D10: what a node that stands for another design says of it. */
export interface Nesting {
  readonly design: string;
  readonly version: number | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The inner ends behind the channels of the node's input and output, and where in its settings each is named. */
  readonly inputs: readonly NestedEnd[];
  readonly outputs: readonly NestedEnd[];
  /** The node has that many copies of the design, and these processes around them. */
  readonly farm?: FarmNesting;
  /** Kind of the process that gathers what leaves at the `err` of inner nodes: inputs `in`, output `out`. */
  readonly errKind: string;
}

export interface NestedEnd {
  /** `node.port`, or `node.port[index]`. */
  readonly end: string;
  readonly pointer: string;
}

export interface FarmNesting {
  readonly copies: number;
  readonly atOnce: number;
  /** Ports `in`, `to` (many), `order`. */
  readonly share: { readonly kind: string; readonly settings: Readonly<Record<string, unknown>> };
  /** Ports `from` (many), `failed` (many), `order`, `out`, `err`. */
  readonly collect: { readonly kind: string; readonly settings: Readonly<Record<string, unknown>> };
  /** Whether share tells collect of each message. */
  readonly ordered: boolean;
}

/** Every kind has it: a failed message leaves here as `{ error: { code, message }, original }`. */
export const errPort = 'err';
