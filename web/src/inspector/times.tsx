import './times.css';
import { hasEnded } from '#model/sessions/session.ts';
import { usePart, useStore } from '../base/store.ts';
import { sizeText } from '../run/frame.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { Fact } from './fact.tsx';
import { lengthText, serviceText, shareText, waitText } from './spent.ts';

/** Where the time of a node goes: the processor, waiting, each message. */
export function NodeTimes({ node }: { readonly node: string }) {
  const desk = useDesk();
  const status = usePart(desk.run.frame, (frame) => frame?.nodes.get(node));
  const cpu = usePart(desk.run.frame, (frame) => frame?.cpu.get(node) ?? 0);
  const over = useOver();
  const { cpuMs, services } = status ?? {};
  return (
    <>
      {cpuMs !== undefined && (
        <Fact name="Processor" value={`${over ? '' : `${shareText(cpu)} now · `}${lengthText(cpuMs)} in all`} />
      )}
      {!over && <Waited node={node} />}
      {services !== undefined && (
        <Fact
          name="Took 50 · 95 · 99 %"
          title="How long 50, 95 and 99 of 100 messages took at most, from receiving one until asking for the next; some are timed"
          value={serviceText(services)}
        />
      )}
    </>
  );
}

// What a part of the time is said of must go on.
function useOver(): boolean {
  return usePart(useDesk().run.frame, (frame) => frame === null || hasEnded(frame.state));
}

// At the port where it waits most: an alternation waits at several ports at once.
function Waited({ node }: { readonly node: string }) {
  const desk = useDesk();
  const wires = useShown((shown) => shown.connections);
  const frame = useStore(desk.run.frame);
  const most = (side: 'from' | 'to', share: 'senderShare' | 'receiverShare'): number =>
    Math.max(
      0,
      ...Object.values(wires)
        .filter((wire) => wire[side].node === node)
        .map(({ id }) => frame?.wires.get(id)?.[share] ?? 0),
    );
  return (
    <>
      <Fact name="Waits for input" value={shareText(most('to', 'receiverShare'))} title="Part of the time: it could do more" />
      <Fact
        name="Waits to send"
        value={shareText(most('from', 'senderShare'))}
        title="Part of the time: what comes after it holds it up"
      />
    </>
  );
}

/** Who waits at a wire, how much it held at most, and how much has passed where that is known. */
export function WireTimes({ wire }: { readonly wire: string }) {
  const desk = useDesk();
  const frame = usePart(desk.run.frame, (now) => now?.wires.get(wire));
  const over = useOver();
  if (frame === undefined) return null;
  const share = (side: number): number | undefined => (over ? undefined : side);
  const { capacity, highWater, bytes, senderWaits, receiverWaits, senderBlockedMs, receiverBlockedMs } = frame.status;
  return (
    <dl className="facts wire-waits">
      <Fact name="Sender waits" value={waitText(share(frame.senderShare), senderBlockedMs, senderWaits)} />
      <Fact name="Receiver waits" value={waitText(share(frame.receiverShare), receiverBlockedMs, receiverWaits)} />
      {capacity > 0 && <Fact name="Most held" value={`${highWater.toLocaleString('en')} of ${capacity.toLocaleString('en')}`} />}
      {bytes !== undefined && <Fact name="Passed" value={`about ${sizeText(Math.round(bytes))}`} />}
    </dl>
  );
}
