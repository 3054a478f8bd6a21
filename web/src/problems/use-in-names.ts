import { useMemo } from 'react';
import { useDesk, useShown } from '../shell/desk.ts';
import { type InNames, inNames } from './in-names.ts';

/** The words of the checks with the names of what is shown now. */
export function useInNames(): InNames {
  const { kinds } = useDesk();
  const nodes = useShown((shown) => shown.nodes);
  const connections = useShown((shown) => shown.connections);
  return useMemo(() => inNames({ nodes, connections }, kinds), [nodes, connections, kinds]);
}
