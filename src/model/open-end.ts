import type { Kinds } from './component.ts';
import type { DesignBody, End } from './design.ts';

/** How an end of another design is written: `node.port`, or `node.port[index]`. */
export const endPattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\\.[a-z][A-Za-z0-9]{0,63}(\\[[0-9]{1,3}\\])?$';

/** An end from its text, which fits `endPattern`. */
export function readEnd(text: string): End {
  const [, node = '', port = '', index = '0'] = /^([^.]+)\.([^[]+)(?:\[(\d+)\])?$/.exec(text) ?? [];
  return { node, port, index: Number(index) };
}

/** D11  The end of a design that is named, when it is there and nothing is connected to it; else a sentence that says what is wrong. */
export function openEnd(design: DesignBody, text: string, direction: 'in' | 'out', kinds: Kinds): End | string {
  if (text === '') return `no ${direction}put of ${design.name} is named`;
  const end = readEnd(text);
  const node = Object.hasOwn(design.nodes, end.node) ? design.nodes[end.node] : undefined;
  if (node === undefined) return `${design.name} has no node ${end.node}, so no end ${text}`;
  const ports = kinds.get(node.kind)?.ports;
  if (ports === undefined) return `${end.node} of ${design.name} is a ${node.kind}, a kind that is not known here`;
  const port = Object.hasOwn(ports, end.port) ? ports[end.port] : undefined;
  if (port === undefined) return `${end.node} of ${design.name} has no port ${end.port}; it has ${Object.keys(ports).join(', ')}`;
  if (port.direction !== direction) return `${text} of ${design.name} is an ${port.direction}put, not an ${direction}put`;
  if (port.protocol !== 'data') return `${text} of ${design.name} is a call port, and a part has data ports only`;
  if (!port.many && end.index > 0) return `${end.node}.${end.port} of ${design.name} takes one connection, so its index is 0`;
  const taken = Object.values(design.connections).find((connection) => {
    const other = direction === 'in' ? connection.to : connection.from;
    return other.node === end.node && other.port === end.port && other.index === end.index;
  });
  return taken === undefined ? end : `${text} of ${design.name} already has the connection ${taken.id}`;
}
