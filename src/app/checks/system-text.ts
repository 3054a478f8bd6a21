import { designNotReady } from '#app/app-errors.ts';
import { defineError } from '#base/errors.ts';
import { automataFileOf } from '#codegen/automata-file.ts';
import { cspmRawOf } from '#codegen/cspm-raw.ts';
import { componentDot, contractDot, designDot, systemDot } from '#codegen/graphviz.ts';
import { labelled } from '#codegen/labels.ts';
import { promelaOf } from '#codegen/promela.ts';
import type { Named } from '#contract/automata.ts';
import { compose, isReady } from '#contract/compose.ts';
import { type Lookup, type WiredNode, wire } from '#contract/wiring.ts';
import type { DesignBody } from '#model/design.ts';

const exportUncounted = defineError(
  'APP_EXPORT_UNCOUNTED',
  'input',
  'A buffer of the design holds more messages than are counted, so its system is not the design.',
);
const exportPartUnknown = defineError('APP_EXPORT_PART_UNKNOWN', 'input', 'There is no such node or component to draw.');

/**
 * What the engines search, as a text for other tools. cspm-raw: an equation a state; promela: for SPIN; dot: for GraphViz; automata: the
 * file that `csp check` reads.
 */
export const systemFormats = ['cspm-raw', 'promela', 'dot', 'automata'] as const;
export type SystemFormat = (typeof systemFormats)[number];

export function isSystemFormat(format: string): format is SystemFormat {
  return (systemFormats as readonly string[]).includes(format);
}

/**
 * A flat design as the system it is.
 *
 * @param only for dot: the contract of this node instead of the network.
 * @throws APP_DESIGN_NOT_READY for a contract that means nothing, APP_EXPORT_UNCOUNTED for a buffer of more than 10,000 messages, APP_EXPORT_PART_UNKNOWN.
 */
export function designText(body: DesignBody, lookup: Lookup, format: SystemFormat, only?: string): string {
  if (format === 'dot' && only === undefined) return designDot(body);
  const nodes = wire(body, lookup);
  if (format === 'dot') return nodeDot(nodes, only ?? '');
  const ready = nodes.filter(isReady);
  const odd = nodes.find((node) => !isReady(node));
  if (odd !== undefined) throw notReady(odd);
  const network = compose(ready, false);
  if (network.shapes.some(({ cutAt }) => cutAt !== undefined)) throw exportUncounted();
  return systemText(labelled(network), body.name, format);
}

function notReady({ id, contract }: WiredNode): Error {
  const fault = contract.ok ? '' : contract.faults.join('; ');
  return designNotReady({ detail: `${id} has no contract that means anything: ${fault}.`, pointer: `/nodes/${id}` });
}

function nodeDot(nodes: readonly WiredNode[], only: string): string {
  const node = nodes.find(({ id }) => id === only);
  if (node === undefined) throw exportPartUnknown({ detail: `The design has no node ${only}.` });
  if (!isReady(node)) throw notReady(node);
  return contractDot(`${only}: ${node.kind}`, node.contract.lts);
}

/** The same for a system that came from elsewhere; `only` is the name of a component. Throws APP_EXPORT_PART_UNKNOWN. */
export function systemText(named: Named, title: string, format: SystemFormat, only?: string): string {
  switch (format) {
    case 'cspm-raw':
      return cspmRawOf(named, title);
    case 'promela':
      return promelaOf(named, title);
    case 'automata':
      return automataFileOf(named);
    case 'dot': {
      if (only === undefined) return systemDot(named, title);
      const part = named.system.parts.findIndex(({ name }) => name === only);
      if (part < 0) throw exportPartUnknown({ detail: `The file has no component ${only}.` });
      return componentDot(named, part);
    }
  }
}
