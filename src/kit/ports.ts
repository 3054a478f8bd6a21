import { type Static, type TSchema, Type } from 'typebox';
import { errPort } from '#model/component.ts';
import type { Caller, Server } from '#runtime/channels/call.ts';
import type { Receiver, Sender } from '#runtime/port.ts';

/** A port as its component declares it; `Many` and the schema decide what the process is handed. */
export interface Port<S extends TSchema = TSchema, D extends 'in' | 'out' = 'in' | 'out', Many extends boolean = boolean> {
  readonly direction: D;
  readonly protocol: 'data';
  readonly many: Many;
  readonly optional: boolean;
  readonly description: string;
  readonly schema: S;
}

/** A port of calls as its component declares it: `asks` on the client's side, `serves` on the server's. */
export interface CallPort<
  Q extends TSchema = TSchema,
  R extends TSchema = TSchema,
  D extends 'in' | 'out' = 'in' | 'out',
  Many extends boolean = boolean,
> {
  readonly direction: D;
  readonly protocol: 'call';
  readonly many: Many;
  readonly optional: boolean;
  readonly description: string;
  /** Of a request. */
  readonly schema: Q;
  readonly reply: R;
}

export type Ports = Readonly<Record<string, Port | CallPort>>;

/** An input that must be connected and has one channel. */
export function input<S extends TSchema>(schema: S, description = ''): Port<S, 'in', false> {
  return { direction: 'in', protocol: 'data', many: false, optional: false, description, schema };
}

/** An output that must be connected and has one channel. */
export function output<S extends TSchema>(schema: S, description = ''): Port<S, 'out', false> {
  return { direction: 'out', protocol: 'data', many: false, optional: false, description, schema };
}

/** An output of calls: the process is handed a `Caller`, and waits for each reply. */
export function asks<Q extends TSchema, R extends TSchema>(request: Q, reply: R, description = ''): CallPort<Q, R, 'out', false> {
  return { direction: 'out', protocol: 'call', many: false, optional: false, description, schema: request, reply };
}

/** An input of calls: the process is handed a `Server`, and answers each request once. */
export function serves<Q extends TSchema, R extends TSchema>(
  request: Q,
  reply: R,
  description = '',
): CallPort<Q, R, 'in', false> {
  return { direction: 'in', protocol: 'call', many: false, optional: false, description, schema: request, reply };
}

type Many<P extends Port | CallPort> =
  P extends CallPort<infer Q, infer R, infer D, boolean>
    ? CallPort<Q, R, D, true>
    : P extends Port<infer S, infer D, boolean>
      ? Port<S, D, true>
      : never;

/** The same port with any number of channels, at least one unless it is also optional. */
export function many<P extends Port | CallPort>(port: P): Many<P> {
  return { ...port, many: true } as unknown as Many<P>;
}

/**
 * The same port, which may stay unconnected: an input is then at its end from the start, an output discards, a call is answered with
 * gone.
 */
export function optional<P extends Port | CallPort>(port: P): P {
  return { ...port, optional: true };
}

/** What leaves the implicit `err` output: the reason and the message that failed. */
export const FailedMessage = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String() }),
  original: Type.Unknown(),
});
export type FailedMessage = Static<typeof FailedMessage>;

/** The `err` output every component has. */
export const implicitErr = optional(output(FailedMessage, 'A message that failed, with the reason.'));

/** A component's own ports with the implicit one. */
export function withErr<P extends Ports>(ports: P): P & { readonly [errPort]: typeof implicitErr } {
  return { ...ports, [errPort]: implicitErr };
}

type End<P extends Port | CallPort> =
  P extends CallPort<infer Q, infer R, infer D, boolean>
    ? D extends 'in'
      ? Server<Static<Q>, Static<R>>
      : Caller<Static<Q>, Static<R>>
    : P extends Port<infer S, infer D, boolean>
      ? D extends 'in'
        ? Receiver<Static<S>>
        : Sender<Static<S>>
      : never;

/** The channel ends a process is handed: one, or for a `many` port a list in the order of the index. */
export type Io<P extends Ports> = {
  readonly [N in keyof P]: P[N]['many'] extends true ? readonly End<P[N]>[] : End<P[N]>;
};
