import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { ContractText, ContractWish } from '#model/checks/contract-text.ts';
import { ComponentSpec } from '#model/component.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers } from './schemas.ts';

const tags = ['components'];

const Wishes = Type.Object({ items: Type.Array(ContractWish, { maxItems: 1_000 }) }, { additionalProperties: false });

/** The component kinds there are. */
export function componentRoutes(routes: Routes, app: App): void {
  routes.get(
    '/components',
    {
      schema: {
        tags,
        operationId: 'listComponents',
        summary: 'Every component kind',
        description: 'All of them on one page, sorted by kind.',
        response: answers(
          200,
          'The kinds',
          Type.Object({ items: Type.Array(ComponentSpec), nextCursor: Type.Null({ description: 'There is one page.' }) }),
        ),
      },
    },
    async () => ({ items: app.listComponents(caller), nextCursor: null }),
  );
  routes.get(
    '/components/:kind',
    {
      schema: {
        tags,
        operationId: 'getComponent',
        summary: 'One component kind',
        params: Type.Object({ kind: Type.String({ minLength: 1, maxLength: 100 }) }),
        response: answers(200, 'The kind', ComponentSpec),
      },
    },
    async (request) => app.getComponent(caller, request.params.kind),
  );
  routes.post(
    '/contracts',
    {
      schema: {
        tags,
        operationId: 'contractTexts',
        summary: 'The contracts of nodes',
        description: 'For kinds whose contract depends on settings or channels. Answered in the order of the items.',
        body: Wishes,
        response: answers(200, 'A text each, or why there is none', Type.Object({ items: Type.Array(ContractText) })),
      },
    },
    async (request) => ({ items: app.contractTexts(caller, request.body.items) }),
  );
}
