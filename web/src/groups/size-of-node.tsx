import { useDesk, useShown } from '../shell/desk.ts';
import { resizeNode } from './resize-grip.tsx';

/** A node that was made larger can be as large as it needs to be again. */
export function SizeOfNode({ node }: { readonly node: string }) {
  const desk = useDesk();
  const size = useShown(({ canvas }) => canvas.sizes?.[node]);
  if (size === undefined) return null;
  return (
    <p className="small quiet size-of-node">
      Drawn {size.width} × {size.height} at least
      <button type="button" className="button slim" onClick={() => resizeNode(desk, node, undefined)}>
        Usual size
      </button>
    </p>
  );
}
