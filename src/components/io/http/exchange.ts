import type { Clock } from '#base/clock.ts';
import { CodedError, defineError, messageOf } from '#base/errors.ts';
import type { Http } from '#kit/tools.ts';
import { addressInvalid, type Hosts } from './address.ts';

export const noAnswer = defineError('IO_HTTP_NO_ANSWER', 'world', 'The server did not answer.');
export const answerTooLong = defineError(
  'IO_HTTP_TOO_LONG',
  'world',
  'The answer is larger than the setting maxResponseBytes allows.',
);

export const requestInvalid = defineError('IO_HTTP_REQUEST', 'input', 'This request cannot be made.');

/** A request, ready to be sent any number of times. */
export interface Ask {
  readonly method: string;
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that only the first host may see. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface ExchangeRules {
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly maxRedirects: number;
}

/**
 * Sends a request once and reads the whole answer, following redirects to admitted hosts.
 *
 * @throws IO_HTTP_NO_ANSWER (also when the time is over), IO_HTTP_TOO_LONG, IO_HTTP_HOST_REFUSED
 */
export async function exchange(
  tools: { readonly http: Http; readonly clock: Clock; readonly signal: AbortSignal },
  hosts: Hosts,
  ask: Ask,
  rules: ExchangeRules,
): Promise<Answer> {
  const late = new AbortController();
  const cancel = tools.clock.after(rules.timeoutMs, () => late.abort());
  const signal = AbortSignal.any([tools.signal, late.signal]);
  try {
    let at = ask;
    for (let hop = 0; ; hop++) {
      const response = await tools.http(requestOf(at, signal));
      const next = redirected(at, response, hosts);
      if (next === undefined) return await read(response, ask.address, rules.maxResponseBytes);
      await response.body?.cancel();
      if (hop >= rules.maxRedirects) {
        throw noAnswer({ detail: `${ask.address.host} redirects more than ${rules.maxRedirects} times` });
      }
      at = next;
    }
  } catch (thrown) {
    throw inOurWords(thrown, ask.address, late.signal.aborted ? rules.timeoutMs : undefined);
  } finally {
    cancel();
    // Lets go of a connection whose answer was not read to the end.
    late.abort();
  }
}

function requestOf({ method, address, headers, credentials, body }: Ask, signal: AbortSignal): Request {
  try {
    return new Request(address.href, {
      method,
      headers: { ...headers, ...credentials },
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    });
  } catch (cause) {
    throw requestInvalid({ detail: `this request cannot be made: ${messageOf(cause)}`, cause });
  }
}

// As browsers do: 303, and 301 and 302 after a POST, ask again with GET; 307 and 308 repeat the request.
function redirected(ask: Ask, response: Response, hosts: Hosts): Ask | undefined {
  const location = response.headers.get('location');
  if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const parsed = URL.parse(location, ask.address.href);
  if (parsed === null) throw addressInvalid({ detail: `${ask.address.host} redirects to ${location}, which is no address` });
  const address = hosts.admit(parsed);
  const credentials = address.origin === ask.address.origin ? ask.credentials : {};
  const asGet = response.status === 303 || (response.status < 303 && ask.method === 'POST');
  return asGet && ask.method !== 'HEAD'
    ? { ...ask, address, credentials, method: 'GET', body: undefined }
    : { ...ask, address, credentials };
}

async function read(response: Response, address: URL, maxBytes: number): Promise<Answer> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of response.body ?? []) {
    sizeBytes += piece.length;
    // Leaving the loop cancels the body, and with it the connection.
    if (sizeBytes > maxBytes) {
      throw answerTooLong({
        detail: `the answer of ${address.host} is larger than ${maxBytes} bytes (setting maxResponseBytes)`,
      });
    }
    pieces.push(piece);
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes: Buffer.concat(pieces) };
}

function inOurWords(thrown: unknown, { host }: URL, lateAfterMs: number | undefined): unknown {
  if (thrown instanceof CodedError) return thrown;
  if (lateAfterMs !== undefined) {
    return noAnswer({ detail: `${host} did not answer within ${lateAfterMs} ms`, cause: thrown });
  }
  // fetch says "fetch failed", and its cause why.
  const { cause } = thrown as { cause?: unknown };
  return noAnswer({ detail: `no answer from ${host}: ${messageOf(cause ?? thrown)}`, cause: thrown });
}
