import type { Question } from '#contract/check/question.ts';
import type { Finding } from '#model/checks/finding.ts';
import { escapePointer } from '#model/schema-check.ts';
import { schemaFit } from '#model/schema-fit.ts';
import { listed } from './words.ts';

/**
 * V64  Whether every message a connection can carry is one that its reader takes: *refuted* with a message that is not, *proved* from the
 *      schemas of both ports, and *unknown* where they do not tell. Unknown is allowed, and said.
 */
export function messageSchema({ design, nodes }: Question): readonly Finding[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const unknown: string[] = [];
  const findings: Finding[] = [];
  const all = Object.values(design.connections);
  for (const { id, from, to } of all) {
    const [sender, reader] = [byId.get(from.node)?.ports[from.port], byId.get(to.node)?.ports[to.port]];
    const fit = schemaFit(sender?.schema, reader?.schema);
    if (fit.is === 'unknown') unknown.push(id);
    if (fit.is !== 'no') continue;
    const message = `${from.node}.${from.port} can send ${shown(fit.example)}, which ${to.node}.${to.port} does not take`;
    findings.push({ ...answered('refuted', 'warning', message, [id]), pointer: `/connections/${escapePointer(id)}` });
  }
  const known = all.length - unknown.length - findings.length;
  if (unknown.length > 0) findings.push(answered('unknown', 'info', `${notSaid(unknown, known)}`, unknown));
  else if (findings.length === 0 && known > 0)
    findings.push(answered('proved', 'info', 'every message fits where it goes, by the schemas of the ports', []));
  return findings;
}

function notSaid(unknown: readonly string[], known: number): string {
  const others = known === 0 ? '' : `; of the others (${known}) every message does`;
  return `the schemas do not tell whether messages of ${listed(unknown)} fit where they go${others}`;
}

function shown(example: unknown): string {
  const text = JSON.stringify(example);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function answered(verdict: Finding['verdict'], severity: Finding['severity'], message: string, connections: string[]): Finding {
  return { rule: 'message-schema', verdict, severity, message, nodes: [], connections, engine: 'lint' };
}
