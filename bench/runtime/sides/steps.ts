import type { Side } from '../cases.ts';
import { runtimeSide } from './runtime.ts';

const stepping = runtimeSide({ middle: 'step-forward', sink: 'step-sink' });

/** The runtime with what only maps or takes written as steps. The rest of the cases has nothing of the kind. */
export const side: Side = (shape) =>
  shape.is === 'ping-pong' || shape.is === 'pipeline' || shape.is === 'commstime' ? stepping(shape) : undefined;
