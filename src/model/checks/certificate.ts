import { type Static, Type } from 'typebox';

/**
 * Why a proof holds: enough to check it again without searching, by a program that shares nothing with the one that found it. Rules
 * V70… in `docs/spec/check.md`.
 */
export const Certificate = Type.Object(
  {
    by: Type.String({ description: 'The form of the certificate: client-server, elimination, exhaustive …' }),
    words: Type.Array(Type.String(), { description: 'The argument for people, a sentence each.' }),
    data: Type.Unknown({ description: 'What the re-check needs; its form depends on `by`.' }),
  },
  { additionalProperties: false },
);
export type Certificate = Static<typeof Certificate>;
