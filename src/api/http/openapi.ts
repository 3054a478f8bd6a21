import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { TSchema } from 'typebox';
import { CheckJob, CheckOrder } from '#model/checks/check-job.ts';
import { Finding, Trace, TraceStep, Validation, Waiting } from '#model/checks/finding.ts';
import { Anchor, Comment, Thread } from '#model/comment.ts';
import { ComponentSpec, PortSpec } from '#model/component.ts';
import { Connection, Design, DesignBody, DesignSummary, DesignVersion, End, Node } from '#model/design.ts';
import { Edit } from '#model/edits/edit.ts';
import { Branch, Comparison, HistoryEntry, MergeConflict } from '#model/merging/history.ts';
import { ForcedReport } from '#model/sessions/forced.ts';
import { Stepped } from '#model/sessions/intervention.ts';
import {
  Breakpoint,
  ChannelStatus,
  Fault,
  PausedAt,
  ProcessStatus,
  Sample,
  Session,
  SessionSnapshot,
} from '#model/sessions/session.ts';
import { Problem } from './problem.ts';

/** Of the API, not of the program: grows when something is added to it. */
const version = '1.0.0';

/** Nouns that the description names once and refers to. */
const nouns: Readonly<Record<string, TSchema>> = {
  Anchor,
  Branch,
  Breakpoint,
  ChannelStatus,
  CheckJob,
  CheckOrder,
  Comment,
  Comparison,
  ComponentSpec,
  Connection,
  Design,
  DesignBody,
  DesignSummary,
  DesignVersion,
  Edit,
  End,
  Fault,
  Finding,
  ForcedReport,
  HistoryEntry,
  MergeConflict,
  Node,
  PausedAt,
  PortSpec,
  Problem,
  ProcessStatus,
  Sample,
  Session,
  SessionSnapshot,
  Stepped,
  Thread,
  Trace,
  TraceStep,
  Validation,
  Waiting,
};

/** As the description writes records: what TypeBox says by a pattern for every name is said of all other fields. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const { patternProperties, ...rest } = value as { readonly patternProperties?: Readonly<Record<string, unknown>> };
  const parts = Object.entries(rest).map(([key, part]) => [key, plain(part)]);
  const [each] = Object.values(patternProperties ?? {});
  return Object.fromEntries(each === undefined ? parts : [...parts, ['additionalProperties', plain(each)]]);
}

const names = new Map(Object.entries(nouns).map(([name, schema]) => [JSON.stringify(plain(schema)), name]));

/** The same description with every noun written once. */
function named(value: unknown, itself?: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => named(part));
  const name = names.get(JSON.stringify(value));
  if (name !== undefined && name !== itself) return { $ref: `#/components/schemas/${name}` };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part)]));
}

const description = `Designs of communicating processes: draw them, check them, run them, watch them.

Every answer that is not a success is a problem (RFC 9457). Lists give \`{items, nextCursor}\`. The ETag of a design is its
revision; changing one wants If-Match. A POST with an Idempotency-Key is done once. The live socket is at \`/api/v1/live\`.`;

/** How the description of the API is made from the routes. */
export const describing: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: { title: 'CSP Designer', version, description, license: { name: 'Apache 2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'This server' }],
    tags: [
      'designs',
      'edits',
      'nodes',
      'connections',
      'versions',
      'comments',
      'history',
      'branches',
      'checks',
      'executions',
      'components',
      'files',
      'system',
    ].map((name) => ({ name })),
  },
  convertConstToEnum: false,
  // A path of any length is one parameter; Fastify calls it *.
  transform: ({ schema, url }) => {
    const { '*': path, ...params } = (schema?.params as { properties?: Record<string, unknown> } | undefined)?.properties ?? {};
    if (path === undefined) return { schema, url };
    const properties = { ...params, path };
    return {
      schema: { ...schema, params: { type: 'object', properties, required: Object.keys(properties) } },
      url: url.replace('*', ':path'),
    };
  },
  transformObject: (documented) => {
    if (!('openapiObject' in documented)) return documented.swaggerObject;
    const found = named(plain(documented.openapiObject)) as typeof documented.openapiObject;
    const schemas = Object.fromEntries(Object.entries(nouns).map(([name, schema]) => [name, named(plain(schema), name)]));
    return { ...found, components: { ...found.components, schemas } } as typeof documented.openapiObject;
  },
};
