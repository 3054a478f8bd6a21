import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { WebSocket } from 'ws';
import type { App } from '#app/app.ts';
import { messageOf } from '#base/errors.ts';
import { branchRoutes } from './branch-routes.ts';
import { checkJobRoutes } from './check-job-routes.ts';
import { checkRoutes } from './check-routes.ts';
import { checked, type Routes } from './checked.ts';
import { commentRoutes } from './comment-routes.ts';
import { componentRoutes } from './component-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { designRoutes } from './design-routes.ts';
import { addressRefused, bodyMalformed, portTaken } from './door-errors.ts';
import { editRoutes } from './edit-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { interventionRoutes } from './intervention-routes.ts';
import { liveRoute } from './live-route.ts';
import { nodeRoutes } from './node-routes.ts';
import { answerOnce } from './once.ts';
import { describing } from './openapi.ts';
import { guardOrigin } from './origin.ts';
import { servePage } from './page.ts';
import { sendThrown } from './problem.ts';
import { profileRoutes } from './profile-routes.ts';
import { referenceRoutes } from './reference.ts';
import { sessionRoutes } from './session-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { textRoutes } from './text-routes.ts';
import { versionRoutes } from './version-routes.ts';

/** How the server is; everything has a default. */
export interface ServerOptions {
  /** Folder of the built page; without one there is only the API. */
  readonly pageFolder?: string | undefined;
  /** Origins whose pages may call; `*` is any. */
  readonly corsOrigin?: readonly string[];
  readonly logLevel?: string;
  /** Where the log goes, one JSON text a line; standard output unless told. */
  readonly log?: { write(line: string): void } | undefined;
  /** Largest body taken. */
  readonly bodyLimitBytes?: number;
  /** Answers to sockets at /api/v1/live. */
  readonly live?: ((socket: WebSocket) => void) | undefined;
  /** Sockets taken from one address. */
  readonly socketsPerAddress?: number;
}

/** A server that is made and not yet listening. */
export interface Server {
  /**
   * Listens; port 0 takes a free one.
   *
   * @returns the port it listens on.
   * @throws API_PORT_TAKEN, API_ADDRESS_REFUSED (world).
   */
  listen(at: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no new requests, lets those under way end, says goodbye to sockets. Twice is once. */
  close(): Promise<void>;
}

const defaultBodyLimitBytes = 8 * 1024 * 1024;
/** W20: room for a transaction of some thousand edits; one that is larger goes by POST. */
const largestFrameBytes = 1024 * 1024;
const longestId = 2_000;
const byteOrderMark = /^\ufeff/;
/** A socket that does not answer the goodbye is cut off after this. */
const goodbyeMs = 1_000;

/** Makes the HTTP server of an application. */
export async function createServer(app: App, options: ServerOptions = {}): Promise<Server> {
  const routes = await build(app, options);
  return {
    listen: async ({ host, port }) => {
      try {
        await routes.listen({ host, port });
      } catch (thrown) {
        throw listenError(thrown, host, port);
      }
      return (routes.server.address() as AddressInfo).port;
    },
    close: () => routes.close(),
  };
}

/** The description of the API (OpenAPI 3.1), made without starting anything. */
export async function openApiDocument(): Promise<unknown> {
  // Routes look at the application only when a request comes, and none will.
  const routes = await build({} as App, { logLevel: 'silent' });
  const described = routes.swagger();
  await routes.close();
  return JSON.parse(JSON.stringify(described));
}

async function build(app: App, options: ServerOptions): Promise<Routes> {
  const { logLevel = 'warn', log, corsOrigin = [], bodyLimitBytes = defaultBodyLimitBytes } = options;
  const routes: Routes = fastify({
    logger: { level: logLevel, ...(log !== undefined && { stream: log }) },
    bodyLimit: bodyLimitBytes,
    // HEAD of a list would read the list to throw it away.
    exposeHeadRoutes: false,
    // A node within a part within a part has a long name.
    routerOptions: { maxParamLength: longestId },
  });
  routes.setValidatorCompiler(checked);
  routes.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  routes.setErrorHandler((thrown, request, reply) => sendThrown(thrown, request, reply));
  readBodies(routes);
  await routes.register(helmet, helmetOptions);
  if (corsOrigin.length > 0) await routes.register(cors, corsOptions(corsOrigin));
  await routes.register(swagger, describing);
  await routes.register(websocket, { options: { maxPayload: largestFrameBytes }, preClose: goodbye });
  guardOrigin(routes, corsOrigin);
  await routes.register(async (api) => apiRoutes(api as unknown as Routes, app, options), { prefix: '/api/v1' });
  servePage(routes, options.pageFolder);
  await routes.ready();
  return routes;
}

// `__proto__` is a name like any other (E7): JSON.parse makes a field of it and no prototype, and says where a text stops being JSON.
function readBodies(routes: Routes): void {
  routes.removeContentTypeParser(['text/plain', 'application/json']);
  routes.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body: string, done) => {
    try {
      done(null, JSON.parse(body.replace(byteOrderMark, '')));
    } catch (thrown) {
      done(bodyMalformed({ detail: `The body is not JSON: ${messageOf(thrown)}.` }));
    }
  });
}

function apiRoutes(routes: Routes, app: App, options: ServerOptions): void {
  answerOnce(routes, app);
  designRoutes(routes, app);
  textRoutes(routes, app);
  editRoutes(routes, app);
  nodeRoutes(routes, app);
  connectionRoutes(routes, app);
  groupRoutes(routes, app);
  versionRoutes(routes, app);
  commentRoutes(routes, app);
  historyRoutes(routes, app);
  branchRoutes(routes, app);
  checkRoutes(routes, app);
  checkJobRoutes(routes, app);
  sessionRoutes(routes, app);
  interventionRoutes(routes, app);
  profileRoutes(routes, app);
  componentRoutes(routes, app);
  fileRoutes(routes, app);
  systemRoutes(routes, app);
  referenceRoutes(routes);
  if (options.live !== undefined) liveRoute(routes, options.live, options.socketsPerAddress);
}

const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      // Checks compile a design's search to WebAssembly; this allows that and no script made of text.
      'script-src': ["'self'", "'wasm-unsafe-eval'"],
      // Libraries of the page place what they draw by style attributes.
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'font-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'worker-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'self'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  // Served over HTTP on a machine of one's own: whoever puts TLS in front says this there.
  strictTransportSecurity: false,
} as const;

function corsOptions(allowed: readonly string[]) {
  return {
    origin: allowed.includes('*') ? '*' : [...allowed],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['etag', 'location', 'retry-after', 'idempotency-replayed'],
  };
}

function goodbye(this: { websocketServer: { clients: Set<WebSocket>; close(): void } }, done: () => void): void {
  const { clients } = this.websocketServer;
  for (const socket of clients) socket.close(1001, 'the server stops');
  const cut = setTimeout(() => {
    for (const socket of clients) socket.terminate();
  }, goodbyeMs);
  cut.unref();
  this.websocketServer.close();
  done();
}

function listenError(thrown: unknown, host: string, port: number): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return portTaken({
      detail: `Port ${port} is in use. Choose another one with --port or PORT.`,
      facts: { host, port },
      cause: thrown,
    });
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return addressRefused({ detail: `The server cannot listen on ${host}, port ${port}: ${messageOf(thrown)}.`, cause: thrown });
  return thrown;
}
