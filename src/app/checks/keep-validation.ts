import { createHash } from 'node:crypto';
import { validationUnknown } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import type { Caller, Work } from '#app/parts.ts';
import { verdictOf } from '#contract/check/check.ts';
import { usualBudget, usualBytes } from '#contract/check/engine.ts';
import { wire } from '#contract/wiring.ts';
import type { CheckOrder, CheckTerms } from '#model/checks/check-job.ts';
import type { Finding, Validation } from '#model/checks/finding.ts';
import type { KeptValidation, LeftOut, StoredFindings } from '#model/checks/kept-validation.ts';
import type { Expansion } from '#model/expand.ts';
import type { StoredValidation } from '#store/validations.ts';

/** The data of a certificate above this is not kept, nor is what goes beyond `mostBytes` of all findings together. */
const mostCertificateBytes = 65_536;
const mostBytes = 1_048_576;

/**
 * V120  What was found out about the present revision of a design.
 *
 * @param rev another revision, of which what was found out at its time may still be kept.
 * @throws APP_DESIGN_UNKNOWN, APP_VALIDATION_UNKNOWN.
 */
export async function getValidation(work: Work, caller: Caller, designId: string, rev?: number): Promise<KeptValidation> {
  const design = await getDesign(work, caller, designId);
  const kept = await work.validations.get(designId, rev ?? design.rev);
  if (kept === undefined) {
    const detail = `Nothing is kept of a check of revision ${rev ?? design.rev} of the design ${designId}.`;
    throw validationUnknown({ detail, facts: { rev: rev ?? design.rev } });
  }
  const { about, verdict, findings, checkedAt, leftOut } = kept;
  const present = kept.rev === design.rev && (await readStored(work, design, storedKey(designId, design.rev)));
  const changed = present !== false && aboutOf(work, present.expansion) !== about;
  return { designId, rev: kept.rev, verdict, findings, checkedAt, leftOut: [...leftOut], changed };
}

/** V121  Whether an order asks all that `validate` asks, and at least as far. */
export function asksAll(order: CheckOrder): boolean {
  const { questions, maxStates = usualBudget.maxStates, seconds = usualBudget.maxMs / 1_000, maxBytes = usualBytes } = order;
  const far = maxStates >= usualBudget.maxStates && seconds * 1_000 >= usualBudget.maxMs && maxBytes >= usualBytes;
  return questions === undefined && far && isUsual(order);
}

/** V121  Whether nothing is assumed and marked but what is usual. */
export function isUsual({ environment = 'ready', progress = [] }: CheckTerms): boolean {
  return environment === 'ready' && progress.length === 0;
}

/** V120, V121  Keeps a validation of the present revision. What goes wrong here is reported: the answer is known all the same. */
export async function keepValidation(
  work: Work,
  expansion: Expansion,
  { designId, rev, verdict, findings }: Validation,
): Promise<void> {
  if (designId === undefined || rev === undefined) return;
  const about = aboutOf(work, expansion);
  const found = { verdict, findings, leftOut: [] };
  const merge = (before: StoredValidation | undefined): StoredFindings | undefined =>
    bounded(before?.about === about ? better(before, found) : found);
  await work.validations.keep({ designId, rev, about }, merge).catch(work.report);
}

/** V120  What was checked: the flat design with the contract each node had, and the ports of the kinds. */
function aboutOf({ catalog, version }: Work, { flat, faults }: Expansion): string {
  const { nodes, connections } = flat;
  const wired = faults.length === 0 ? wire(flat, catalog.component) : [];
  const contracts = wired.map(({ contract }) => (contract.ok ? contract.text : contract.faults));
  const ports = new Map(wired.map((node) => [node.kind, node.ports]));
  const about = JSON.stringify([version, nodes, connections, faults, contracts, [...ports]]);
  return createHash('sha256').update(about).digest('base64url');
}

/** V121  Of the same design, what was decided before is not given up for what is not known now, one question at a time. */
export function better(before: StoredFindings, now: StoredFindings): StoredFindings {
  const decided = (findings: readonly Finding[]): boolean =>
    findings.length > 0 && findings.every((finding) => finding.verdict !== 'unknown');
  const of = (all: readonly Finding[], rule: string): readonly Finding[] => all.filter((finding) => finding.rule === rule);
  const rules = [...new Set(now.findings.map(({ rule }) => rule))];
  const older = rules.filter((rule) => !decided(of(now.findings, rule)) && decided(of(before.findings, rule)));
  const findings = rules.flatMap((rule) => of((older.includes(rule) ? before : now).findings, rule));
  const leftOut = before.leftOut.filter(({ rule }) => older.includes(rule));
  return { verdict: verdictOf(findings), findings, leftOut };
}

interface Piece extends LeftOut {
  readonly at: number;
}

/** V122  What is kept of findings, small enough; undefined when they are not even without their large pieces. */
export function bounded({ verdict, findings, leftOut }: StoredFindings): StoredFindings | undefined {
  const pieces = findings.flatMap(piecesOf).sort((a, b) => b.sizeBytes - a.sizeBytes);
  const out = pieces.filter(({ what, sizeBytes }) => what === 'certificate' && sizeBytes > mostCertificateBytes);
  const sum = (list: readonly Piece[]): number => list.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const tooMany = bytesOf(findings) - mostBytes;
  for (const piece of pieces) if (!out.includes(piece) && sum(out) < tooMany) out.push(piece);
  const kept = findings.map((finding, at) => without(finding, new Set(out.flatMap((one) => (one.at === at ? one.what : [])))));
  if (bytesOf(kept) > mostBytes) return undefined;
  const told = out.map(({ rule, what, sizeBytes }) => ({ rule, what, sizeBytes }));
  return { verdict, findings: kept, leftOut: [...leftOut, ...told] };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

function piecesOf({ rule, certificate, trace, repairs }: Finding, at: number): Piece[] {
  const held = { certificate: certificate?.data ?? undefined, trace, repairs };
  return (['certificate', 'trace', 'repairs'] as const).flatMap((what) =>
    held[what] === undefined ? [] : [{ rule, what, sizeBytes: bytesOf(held[what]), at }],
  );
}

function without({ trace, repairs, certificate, ...finding }: Finding, out: ReadonlySet<LeftOut['what']>): Finding {
  return {
    ...finding,
    ...(trace !== undefined && !out.has('trace') && { trace }),
    ...(certificate !== undefined && {
      certificate: out.has('certificate') ? { ...certificate, data: null } : certificate,
    }),
    ...(repairs !== undefined && !out.has('repairs') && { repairs }),
  };
}
