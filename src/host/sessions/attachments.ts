import type { End } from '#model/design.ts';
import type { Operation, Sender } from '#runtime/port.ts';
import type { Attachment } from './wire.ts';

/** What feeds a port with these messages. */
export function feedFrom({ node, port, index }: End, messages: readonly unknown[]): Attachment {
  return {
    is: 'feed',
    to: { node, port, index },
    *body(out: Sender<unknown>): Operation<void> {
      for (const message of messages) if (!(yield* out.send(message))) return;
    },
  };
}

/** Takes what leaves a port, and forgets it. */
export function forgetFrom({ node, port, index }: End): Attachment {
  return {
    is: 'collect',
    from: { node, port, index },
    *body(into) {
      while (!(yield* into.receive()).ended);
    },
  };
}
