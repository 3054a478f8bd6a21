import type { RJSFSchema, UiSchema } from '@rjsf/utils';

/** A settings schema as the form library shows it best, and how its parts are edited. */
export interface FormSchema {
  readonly schema: RJSFSchema;
  readonly ui: UiSchema;
}

type Loose = Readonly<Record<string, unknown>> & {
  readonly type?: string;
  readonly anyOf?: readonly Loose[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Loose>>;
  readonly items?: Loose;
  readonly patternProperties?: unknown;
  readonly maxLength?: number;
  readonly format?: string;
};

/** Choices of constants become a list to choose from; what has no fixed shape is edited as JSON; long texts get room. */
export function formSchema(schema: unknown): FormSchema {
  const whole = bare(part((schema ?? {}) as Loose));
  const ui = { ...whole.ui, ...typed(whole), 'ui:submitButtonOptions': { norender: true } };
  return { schema: whole.schema, ui };
}

// A text that is a setting of its own is typed by several at once.
function typed({ schema, ui }: FormSchema): UiSchema {
  const texts = Object.entries(schema.properties ?? {}).filter(([name, of]) => {
    const plain = typeof of === 'object' && of.type === 'string' && of.enum === undefined;
    return plain && (ui[name] as UiSchema | undefined)?.['ui:widget'] !== 'design';
  });
  return Object.fromEntries(
    texts.map(([name]) => {
      const long = (ui[name] as UiSchema | undefined)?.['ui:widget'] === 'textarea';
      return [name, { 'ui:field': 'typed', 'ui:options': { long } }];
    }),
  );
}

// The settings are handed over with their defaults filled in. Left in the schema, the library would mix them into
// what is typed: letters of a text into an object, a number again into a field just emptied.
function bare({ schema, ui }: FormSchema): FormSchema {
  const { default: _default, ...rest } = schema;
  const properties = Object.entries(rest.properties ?? {}).map(([name, of]) => {
    return [name, typeof of === 'object' ? bare({ schema: of, ui: {} }).schema : of] as const;
  });
  return { schema: rest.properties === undefined ? rest : { ...rest, properties: Object.fromEntries(properties) }, ui };
}

const shown = (schema: unknown): RJSFSchema => schema as RJSFSchema;

function part(schema: Loose): FormSchema {
  const choices = choicesOf(schema);
  if (choices !== undefined) {
    const { anyOf: _gone, ...rest } = schema;
    return { schema: shown({ ...rest, type: 'string', enum: choices }), ui: {} };
  }
  if (schema.type === 'object' && schema.properties !== undefined) return objectPart(schema, schema.properties);
  if (schema.type === 'array' && schema.items !== undefined) {
    const items = part(schema.items);
    return { schema: shown({ ...schema, items: items.schema }), ui: { items: items.ui } };
  }
  if (schema.type === 'string') {
    if (schema.format === 'design') return { schema: shown(schema), ui: { 'ui:widget': 'design' } };
    return { schema: shown(schema), ui: (schema.maxLength ?? 0) > 2_000 ? { 'ui:widget': 'textarea' } : {} };
  }
  if (schema.type === 'number' || schema.type === 'integer' || schema.type === 'boolean') {
    return { schema: shown(schema), ui: {} };
  }
  // No `type`, several of them, or names that are free: a text of JSON is honest about all of them.
  // The form library leaves out what has an empty schema.
  const any = Object.keys(schema).length === 0 ? { $comment: 'any value' } : schema;
  return { schema: shown(any), ui: { 'ui:field': 'json' } };
}

function objectPart(schema: Loose, properties: Readonly<Record<string, Loose>>): FormSchema {
  const parts = Object.entries(properties).map(([name, of]) => [name, part(of)] as const);
  return {
    schema: shown({ ...schema, properties: Object.fromEntries(parts.map(([name, it]) => [name, it.schema])) }),
    ui: Object.fromEntries(parts.map(([name, it]) => [name, it.ui])),
  };
}

function choicesOf({ anyOf }: Loose): readonly string[] | undefined {
  if (anyOf === undefined || anyOf.length === 0) return undefined;
  const constants = anyOf.map((option) => option.const);
  return constants.every((value) => typeof value === 'string') ? constants : undefined;
}

/** The setting that names another design, if the kind has one. */
export function designSetting(schema: unknown): string | undefined {
  const properties = Object.entries((schema as Loose | undefined)?.properties ?? {});
  return properties.find(([, { format }]) => format === 'design')?.[0];
}

/** A name of a setting as words: `onStart` is On start; a unit shown beside it is left out of it. */
export function wordsOf(name: string, unit = ''): string {
  const bare = unit !== '' && name.toLowerCase().endsWith(unit.toLowerCase()) ? name.slice(0, -unit.length) : name;
  const words = (bare || name)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
