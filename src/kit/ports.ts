import { type Static, type TSchema, Type } from 'typebox';
import { errPort } from '#model/component.ts';
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

export type Ports = Readonly<Record<string, Port>>;

/** An input that must be connected and has one channel. */
export function input<S extends TSchema>(schema: S, description = ''): Port<S, 'in', false> {
  return { direction: 'in', protocol: 'data', many: false, optional: false, description, schema };
}

/** An output that must be connected and has one channel. */
export function output<S extends TSchema>(schema: S, description = ''): Port<S, 'out', false> {
  return { direction: 'out', protocol: 'data', many: false, optional: false, description, schema };
}

/** The same port with any number of channels, at least one unless it is also optional. */
export function many<S extends TSchema, D extends 'in' | 'out'>(port: Port<S, D, boolean>): Port<S, D, true> {
  return { ...port, many: true };
}

/** The same port, which may stay unconnected: an input is then at its end from the start, an output discards. */
export function optional<P extends Port>(port: P): P {
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

type Values<P extends Port> = P extends Port<infer S> ? Static<S> : never;

/** The channel ends a process is handed: one, or for a `many` port a list in the order of the index. */
export type Io<P extends Ports> = {
  readonly [N in keyof P]: P[N] extends Port<TSchema, 'in', true>
    ? readonly Receiver<Values<P[N]>>[]
    : P[N] extends Port<TSchema, 'in', false>
      ? Receiver<Values<P[N]>>
      : P[N] extends Port<TSchema, 'out', true>
        ? readonly Sender<Values<P[N]>>[]
        : Sender<Values<P[N]>>;
};
