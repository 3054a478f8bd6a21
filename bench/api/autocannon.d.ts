/** The part of autocannon that is used here; it brings no types of its own. */
declare module 'autocannon' {
  interface Request {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    readonly setupClient?: (client: Client) => void;
  }
  interface Client {
    setRequests(requests: readonly Request[]): void;
  }
  interface Instance extends PromiseLike<Result> {
    on(event: 'response', heard: (client: Client, status: number, sizeBytes: number, tookMs: number) => void): this;
  }
  interface Result {
    readonly requests: { readonly total: number };
    readonly duration: number;
    readonly non2xx: number;
    readonly errors: number;
  }
  // biome-ignore lint/style/noDefaultExport: it is what the library exports.
  export default function autocannon(options: Options): Instance;
}
