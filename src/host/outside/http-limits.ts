import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Http } from '#kit/tools.ts';
import { watchedBody } from './http-body.ts';

/**
 * What a request of a component may reach and cost, whatever its settings say.
 *
 * HL1  No request goes to link-local, multicast or unspecified addresses: there the machine's own cloud tells its secrets.
 * HL2  Where private addresses are refused, none goes to loopback or private networks either.
 * HL3  No redirect is followed here: whoever follows it asks again, and is checked again.
 * HL4  An exchange ends after `maxMs`, and an answer after `maxBytes`.
 *
 * The name is looked up here and again by the connection, so a name server that changes its answer in between can get around
 * HL1 and HL2; a firewall or a proxy holds against that.
 */

const addressRefused = defineError('HOST_HTTP_ADDRESS_REFUSED', 'input', 'Requests to this address are not allowed here.');
const tooLarge = defineError('HOST_HTTP_TOO_LARGE', 'world', 'The answer is larger than is allowed here.');
const tooSlow = defineError('HOST_HTTP_TOO_SLOW', 'world', 'The exchange takes longer than is allowed here.');

export interface HttpLimits {
  readonly maxMs: number;
  readonly maxBytes: number;
  /** Loopback and private networks. */
  readonly privateAddresses: 'admit' | 'refuse';
  /** The addresses of a name; the machine's resolver when left out. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

function blockOf(subnets: readonly (readonly [string, number])[]): BlockList {
  const block = new BlockList();
  for (const [address, bits] of subnets) block.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return block;
}

// IANA's special-purpose address registries (RFC 6890 and its updates).
const neverReached = blockOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['ff00::', 8],
]);
const privateNetworks = blockOf([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::1', 128],
  ['fc00::', 7],
]);

const ofMachine = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** The same `fetch`, within limits. Rejects with HOST_HTTP_ADDRESS_REFUSED, HOST_HTTP_TOO_SLOW; a body with HOST_HTTP_TOO_LARGE. */
export function limitedHttp(http: Http, clock: Clock, limits: HttpLimits): Http {
  const resolve = limits.resolve ?? ofMachine;
  return async (request) => {
    await refuseAddress(new URL(request.url), limits.privateAddresses === 'refuse', resolve);
    const late = new AbortController();
    const cancel = clock.after(limits.maxMs, () => {
      late.abort(tooSlow({ detail: `The exchange takes longer than ${limits.maxMs} ms, the most allowed here.` }));
    });
    request.signal.addEventListener('abort', cancel, { once: true });
    try {
      const signal = AbortSignal.any([request.signal, late.signal]);
      const response = await http(new Request(request, { signal, redirect: 'manual' }));
      return counted(response, limits.maxBytes, cancel);
    } catch (thrown) {
      cancel();
      throw thrown;
    }
  };
}

async function refuseAddress(
  { hostname }: URL,
  refusePrivate: boolean,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  for (const address of addresses) {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (neverReached.check(address, family) || (refusePrivate && privateNetworks.check(address, family))) {
      throw addressRefused({ detail: `Requests to ${host} (${address}) are not allowed here.`, facts: { host } });
    }
  }
}

function counted(response: Response, maxBytes: number, over: () => void): Response {
  let sizeBytes = 0;
  const piece = (bytes: Uint8Array): void => {
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw tooLarge({ detail: `The answer is larger than ${maxBytes} bytes, the most allowed here.` });
  };
  return watchedBody(response, { piece, over });
}
