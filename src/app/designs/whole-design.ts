import { designNotReady } from '#app/app-errors.ts';
import type { ClosedOrder } from '#host/checks/closed-network.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import {
  type Expansion,
  expand,
  expandWhole,
  type InnerDesign,
  type NestingFault,
  type Wanted,
  type WholeDesign,
  wantedKey,
} from '#model/expand.ts';

/** Reads a design that another names as a part: gives it, or a sentence that says why not, or undefined when it is not there. */
export type LoadInner<I extends InnerDesign = InnerDesign> = (wanted: Wanted) => Promise<I | string | undefined>;

/**
 * Reads all that a design has as parts, and what these have; D13 bounds how much that can be. What is missing stays missing, and is told
 * when the design is expanded.
 *
 * @param key of the design itself, as `load` gives it to others that contain it.
 */
export async function readWhole<I extends InnerDesign>(
  body: DesignBody,
  key: string,
  kinds: Kinds,
  load: LoadInner<I>,
): Promise<{ readonly whole: WholeDesign; readonly expansion: Expansion; readonly parts: readonly I[] }> {
  const known = new Map<string, { readonly wanted: Wanted; readonly found: I | string | undefined }>();
  for (;;) {
    const wanted = new Map<string, Wanted>();
    const expansion = expand(
      body,
      kinds,
      (asked) => {
        const name = wantedKey(asked);
        if (!known.has(name)) wanted.set(name, asked);
        return known.get(name)?.found;
      },
      key,
    );
    if (wanted.size === 0) {
      const all = [...known.values()];
      const parts = all.flatMap(({ found }) => (typeof found === 'object' ? [found] : []));
      const inner = all.flatMap(({ wanted: asked, found }) =>
        typeof found === 'object' ? [{ ...asked, key: found.key, body: found.body }] : [],
      );
      const unread = all.flatMap(({ wanted: asked, found }) => (typeof found === 'string' ? [{ ...asked, why: found }] : []));
      return { whole: { body, key, inner, unread }, expansion, parts };
    }
    for (const [name, asked] of wanted) known.set(name, { wanted: asked, found: await load(asked) });
  }
}

/** What keeps a design from being expanded, as findings. */
export function nestingFindings(faults: readonly NestingFault[]): Finding[] {
  return faults.map(({ rule, message, pointer, node }) => ({
    rule,
    verdict: 'refuted',
    severity: 'error',
    message,
    pointer,
    nodes: [node],
    connections: [],
    engine: 'lint',
  }));
}

/** Throws APP_DESIGN_NOT_READY with the first of the findings, when there are any. */
export function refuseNotReady(findings: readonly Finding[]): void {
  const [first] = findings;
  if (first === undefined) return;
  const { message, pointer } = first;
  throw designNotReady({
    detail: `The design cannot run as it is drawn: ${message}`,
    facts: { findings },
    ...(pointer !== undefined && { pointer }),
  });
}

/** The expansion of a design that can be expanded. Throws APP_DESIGN_NOT_READY. */
export function expanded(whole: WholeDesign, kinds: Kinds): Expansion {
  const expansion = expandWhole(whole, kinds);
  refuseNotReady(nestingFindings(expansion.faults));
  return expansion;
}

type Ends = Pick<ClosedOrder, 'inputs' | 'outputs'>;

/** The expansion for a network that touches nothing outside, with the ends that are fed and read as they are called in it. */
export function closedEnds({ inputs, outputs }: Ends, { flat, endOf }: Expansion): Ends & Pick<ClosedOrder, 'design'> {
  return {
    design: flat,
    inputs: inputs.map(({ messages, ...end }) => ({ ...endOf(end, 'in'), messages })),
    outputs: outputs.map(({ node, port, index }) => endOf({ node, port, index }, 'out')),
  };
}
