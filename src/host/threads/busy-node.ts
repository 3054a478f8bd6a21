import { Session } from 'node:inspector';
import type { Worker } from 'node:worker_threads';

/** What a thread that does not answer is doing. */
export interface Busy {
  /** The node whose process computes. */
  readonly node?: string;
  /** Where in the code: function and line. */
  readonly at: string;
}

interface Frame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly lineNumber: number };
}
interface Said {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly callFrames?: readonly Frame[] };
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

const askNode = 3;

/**
 * Interrupts a thread by the debugger and asks whose turn it is: the only way in when it computes and reads no message. The thread
 * cannot be used any more after this.
 *
 * @param within gives up after this; undefined is the answer then.
 */
export function busyNode(worker: Worker, within: Promise<unknown>): Promise<Busy | undefined> {
  const debug = new Session();
  const { promise, resolve } = Promise.withResolvers<Busy | undefined>();
  let say = (_id: number, _method: string, _params = {}): void => {};
  let at = '';
  debug.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    // `workerId` counts those that are attached to; the number of the thread is in the title alone.
    if (!workerInfo.title.startsWith(`[worker ${worker.threadId}]`)) return;
    say = (id, method, params = {}) => {
      debug.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) });
    };
    say(1, 'Debugger.enable');
    say(2, 'Debugger.pause');
  });
  debug.on('NodeWorker.receivedMessageFromWorker', ({ params: { message } }) => {
    if (message.startsWith('{"method":"Debugger.scriptParsed"')) return;
    const { id, method, params, result } = JSON.parse(message) as Said;
    const frame = params?.callFrames?.[0];
    if (method === 'Debugger.paused' && frame !== undefined) {
      const { functionName, location, callFrameId } = frame;
      at = `${functionName || 'a function'}, line ${location.lineNumber + 1}`;
      say(askNode, 'Debugger.evaluateOnCallFrame', { callFrameId, expression: 'globalThis.cspRunning?.()', returnByValue: true });
    } else if (id === askNode) {
      const node = result?.result?.value;
      resolve({ at, ...(typeof node === 'string' && { node }) });
    }
  });
  debug.connect();
  debug.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  void within.then(() => resolve(undefined));
  return promise.finally(() => {
    say(4, 'Debugger.disable');
    debug.disconnect();
  });
}
