import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { type TextFormat, textFormats } from '#app/designs/design-as-text.ts';
import { Design } from '#model/design.ts';
import { designFormat } from '#model/design-text.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { etagOf } from './conditions.ts';
import { answers, DesignParams } from './schemas.ts';

const tags = ['designs'];

const ExportQuery = Type.Object(
  {
    format: Type.Union(
      textFormats.map((format) => Type.Literal(format)),
      {
        default: 'json',
        description:
          'json: the canonical design file; cspm: for CSP tools; cspm-raw: the same by state equations; promela: for SPIN; dot: for GraphViz; automata: the file of synchronised automata that csp check reads.',
      },
    ),
    node: Type.Optional(Type.String({ description: 'With dot: the contract of this node.' })),
  },
  { additionalProperties: false },
);

const endings: Readonly<Record<TextFormat, string>> = {
  json: 'json',
  cspm: 'csp',
  'cspm-raw': 'states.csp',
  promela: 'pml',
  dot: 'dot',
  automata: 'automata.json',
};

const DesignFile = Type.Object(
  { format: Type.Literal(designFormat) },
  { additionalProperties: true, description: 'A design file, as export writes it.' },
);

const AutomataFile = Type.Object(
  { components: Type.Array(Type.Object({}, { additionalProperties: true })) },
  { additionalProperties: true, description: 'A file of synchronised automata.' },
);

const answersText = {
  ...answers(200, 'The text'),
  200: {
    description: 'The text',
    content: { 'application/json': { schema: Type.Union([DesignFile, AutomataFile]) }, 'text/plain': { schema: Type.String() } },
  },
};

/** Designs as text: export and import. */
export function textRoutes(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/export',
    {
      schema: {
        tags,
        operationId: 'exportDesign',
        summary: 'The design as a text',
        params: DesignParams,
        querystring: ExportQuery,
        response: answersText,
      },
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { format, node } = request.query;
      const text = await app.exportDesign(caller, designId, format, node);
      const type = format === 'json' || format === 'automata' ? 'application/json' : 'text/plain';
      const ending = endings[format];
      return reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="design-${designId}.${ending}"`)
        .send(text);
    },
  );
  routes.post(
    '/designs/import',
    {
      schema: {
        tags,
        operationId: 'importDesign',
        summary: 'Make a design from a design file',
        body: DesignFile,
        response: answers(201, 'The new design, with its address in Location', Design),
      },
      // The reader of design files says better than a schema what is wrong with one.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async (request, reply) => {
      const design = await app.importDesign(caller, request.body);
      return reply
        .code(201)
        .headers({ location: `/api/v1/designs/${design.id}`, etag: etagOf(design.rev) })
        .send(design);
    },
  );
}
