import { type Compiled, compile } from '#contract/compile.ts';
import { contractMonitor } from '#contract/monitor.ts';
import type { AnyComponent, Arity } from '#kit/define-component.ts';
import { TracedReceiver, TracedSender } from '#kit/traced.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';

/** The component with a monitor between it and its channels: throws at the first event that its contract does not allow. */
export function monitored(component: AnyComponent): AnyComponent {
  return {
    ...component,
    *run(context): Operation<void> {
      const given = context.io as Readonly<Record<string, unknown>>;
      const arity: Arity = Object.fromEntries(
        Object.entries(given).map(([port, ends]) => [port, Array.isArray(ends) ? ends.length : 1]),
      );
      const compiled: Compiled = compile(component.contractOf(context.settings, arity));
      if (!compiled.ok) throw new Error(compiled.fault.message);
      const monitor = contractMonitor(compiled.lts);
      const hear = (event: string): void => {
        if (!monitor.accepts(event)) throw new Error(`${component.spec.kind} did ${event}, not ${monitor.expected().join(', ')}`);
      };
      const senders: TracedSender<unknown>[] = [];
      const traced = (port: string, end: unknown, event: string): unknown => {
        if (component.spec.ports[port]?.direction === 'in') return new TracedReceiver(end as Receiver<unknown>, event, hear);
        const sender = new TracedSender(end as Sender<unknown>, event, hear);
        if (port !== 'err') senders.push(sender);
        return sender;
      };
      const io = Object.fromEntries(
        Object.entries(given).map(([port, ends]) => [
          port,
          Array.isArray(ends) ? ends.map((end, i) => traced(port, end, `${port}.${i}`)) : traced(port, ends, port),
        ]),
      );
      yield* component.run({ ...context, io: io as typeof context.io });
      for (const sender of senders) sender.close();
    },
  };
}
