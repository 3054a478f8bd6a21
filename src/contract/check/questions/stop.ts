import { recheckDeaf } from '#contract/certify/stops.ts';
import { confirmed, workFor } from '#contract/check/confirmed.ts';
import type { Budget } from '#contract/check/engine.ts';
import type { Question } from '#contract/check/question.ts';
import { decidesForEver } from '#contract/lts.ts';
import type { Network, Part } from '#contract/network.ts';
import type { Finding } from '#model/checks/finding.ts';
import { listed } from './words.ts';

/**
 * V65  From every state `stop` ends every process: it takes effect at the next communication (S-rules of the session), so what has to be
 *      shown is that no process can go on for ever without one. That is so when no cycle of its states consists of own decisions.
 */
export function stop({ counted }: Question, budget: Budget): readonly Finding[] {
  const deaf = [...counted.parts.slice(0, counted.processes).entries()].filter(([, part]) => neverCommunicates(counted, part));
  const nodes = deaf.map(([, { name }]) => name);
  const isOwn = Uint8Array.from(counted.events, ({ is }) => (is === 'alone' ? 1 : 0));
  const recheck = recheckDeaf(
    counted,
    isOwn,
    deaf.map(([part]) => part),
    workFor(budget),
  );
  const finding =
    nodes.length === 0
      ? answered('proved', 'info', 'stop ends every process, from every state', [])
      : answered('refuted', 'error', `${listed(nodes)} can go on deciding for ever, and would not hear a stop`, nodes);
  return [confirmed(finding, recheck)];
}

function neverCommunicates({ shapes, events }: Network, part: Part): boolean {
  const { first, labels, targets, final } = shapes[part.shape] as Network['shapes'][number];
  const moves = Array.from({ length: final.length }, (_, state) =>
    [...targets.subarray(first[state], first[state + 1])].map((to, number) => {
      const event = events[part.events[labels[(first[state] ?? 0) + number] ?? 0] ?? 0];
      return { label: event?.is === 'alone' ? -1 : 0, to };
    }),
  );
  return decidesForEver({ labels: ['communicates'], moves, final: [] }) !== undefined;
}

function answered(verdict: Finding['verdict'], severity: Finding['severity'], message: string, nodes: string[]): Finding {
  return { rule: 'stop', verdict, severity, message, nodes, connections: [], engine: 'rules' };
}
