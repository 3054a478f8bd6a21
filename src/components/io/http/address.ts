import { defineError } from '#base/errors.ts';
import { filled, hasSlot } from './template.ts';

export const hostRefused = defineError('IO_HTTP_HOST_REFUSED', 'input', 'The settings do not allow requests to this host.');
export const addressInvalid = defineError('IO_HTTP_ADDRESS', 'input', 'This is not an address to send a request to.');

/** Scheme, host and port of a URL template; the rest may depend on the message without leading elsewhere. */
const originOf = /^(https?:\/\/[^/?#]*)(.*)$/s;

/** What a filled-in origin may be: nothing that begins a path, a query or a password. */
const plainOrigin = /^https?:\/\/[^/?#@\\]*$/;

// Percent-encoding does not touch dots, and a segment of dots would climb out of the path.
function hasDotSegment(rest: string): boolean {
  const [path = ''] = rest.split(/[?#]/, 1);
  return path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
}

/** Why a URL template cannot be used; undefined when it can. */
export function addressFault(url: string, allowedHosts: readonly string[]): string | undefined {
  const [, origin] = originOf.exec(url) ?? [];
  if (origin === undefined) return 'must start with http:// or https:// and a host';
  if (hasSlot(origin)) {
    return allowedHosts.length > 0 ? undefined : 'a host that depends on the message needs the setting allowedHosts';
  }
  const host = URL.parse(origin)?.hostname ?? '';
  if (host === '') return 'has no valid host';
  if (URL.parse(origin)?.username || URL.parse(origin)?.password) return 'must not hold a password; use the secret';
  return allowedHosts.length === 0 || isAllowed(host, allowedHosts) ? undefined : `the host ${host} is not among allowedHosts`;
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one.toLowerCase()));
}

/** Says yes or no to each address a request goes to, also after redirects. */
export class Hosts {
  readonly #allowed: readonly string[];

  /** Without a list, only the host of the template. */
  constructor(url: string, allowedHosts: readonly string[]) {
    const own = URL.parse(originOf.exec(url)?.[1] ?? '')?.hostname;
    this.#allowed = allowedHosts.length > 0 || own === undefined ? allowedHosts : [own];
  }

  /** @throws IO_HTTP_HOST_REFUSED, IO_HTTP_ADDRESS */
  admit(address: URL): URL {
    if (address.protocol !== 'http:' && address.protocol !== 'https:')
      throw addressInvalid({ detail: `a request goes to http or https, not to ${address.protocol}` });
    if (!isAllowed(address.hostname, this.#allowed)) {
      throw hostRefused({
        detail: `the settings do not allow requests to ${address.hostname}`,
        facts: { host: address.hostname },
      });
    }
    return address;
  }

  /** The address for a message. Fields are percent-encoded, so that none adds a path or a query. */
  addressOf(url: string, message: unknown): URL {
    const [, origin = '', rest = ''] = originOf.exec(url) ?? [];
    const [where, what] = [filled(origin, message), filled(rest, message, encodeURIComponent)];
    const address = URL.parse(where + what);
    if (address === null || !plainOrigin.test(where) || hasDotSegment(what)) {
      throw addressInvalid({ detail: `${where + what} is not an address the settings can mean` });
    }
    return this.admit(address);
  }
}
