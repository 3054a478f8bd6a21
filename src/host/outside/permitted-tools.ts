import type { Tools } from '#kit/tools.ts';
import { watchedBody } from './http-body.ts';
import type { Caller, Permit, Permits } from './services.ts';

/**
 * The same tools, with a permit of the server for each call to a service outside (H18). A request holds its permit until its answer
 * is read or given up: that long it has a connection. What a tool that is still to come calls, such as a database, asks here too.
 */
export function permittedTools<T extends Pick<Tools, 'http'>>(tools: T, permits: Permits, caller: Caller): T {
  return {
    ...tools,
    http: async (request) => {
      const permit = permits.take(caller, new URL(request.url).origin);
      try {
        await letThrough(permit, request.signal);
        return watchedBody(await tools.http(request), { over: () => permit.give() });
      } catch (thrown) {
        permit.give();
        throw thrown;
      }
    },
  };
}

async function letThrough({ granted }: Permit, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([granted, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
