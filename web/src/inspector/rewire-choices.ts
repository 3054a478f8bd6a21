import type { Kinds } from '#model/component.ts';
import type { Connection, DesignBody } from '#model/design.ts';
import { incompatibility } from '#model/edits/connections.ts';
import { type LooseEnd, shapesOf } from '../canvas/shapes.ts';

/** The ends an end of a wire can be taken to: free, of the same direction, and such that the other end fits; where it is now is one. */
export function rewireChoices(design: DesignBody, kinds: Kinds, wire: Connection, side: 'from' | 'to'): readonly LooseEnd[] {
  const other = side === 'from' ? wire.to : wire.from;
  const spec = kinds.get(design.nodes[other.node]?.kind ?? '')?.ports[other.port];
  if (spec === undefined) return [];
  const wanted = side === 'from' ? 'out' : 'in';
  return [...shapesOf(design, kinds)].flatMap(([node, { spots }]) =>
    spots
      .filter(({ spec: own, connection }) => {
        if (own.direction !== wanted || (connection !== undefined && connection !== wire.id)) return false;
        return (side === 'from' ? incompatibility(own, spec) : incompatibility(spec, own)) === undefined;
      })
      .map(({ port, index }): LooseEnd => ({ node, port, index })),
  );
}
