import Form from '@rjsf/core';
import type { ErrorSchema, RJSFSchema, ValidatorType } from '@rjsf/utils';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { TSchema } from 'typebox';
import type { ComponentSpec } from '#model/component.ts';
import type { Node } from '#model/design.ts';
import { parametersIn } from '#model/parameters.ts';
import { fits, type SchemaFault } from '#model/schema-check.ts';
import { settingFaults, withDefaults } from '#model/settings.ts';
import { fields, templates, widgets } from './form-parts.tsx';
import { changedSettings, type FormSchema, formSchema } from './form-schema.ts';

type Settings = Readonly<Record<string, unknown>>;

interface Props {
  readonly spec: ComponentSpec;
  readonly node: Node;
  readonly save: (settings: Settings) => boolean;
}

const restMs = 450;

// The page holds settings to their schema with the same code as the server: no second validator is loaded.
const validator: ValidatorType<Settings, RJSFSchema> = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: (schema, value) => fits(schema as TSchema, value),
  rawValidation: () => ({}),
};

/** The settings of a node as a form made of the schema of its kind. Saved when the person rests, if all is well. */
export function SettingsForm({ spec, node, save }: Props) {
  const stored = useMemo(() => withDefaults(spec, node.settings), [spec, node.settings]);
  const defaults = useMemo(() => withDefaults(spec, {}), [spec]);
  const shape = useMemo(() => withJson(formSchema(spec.settings), stored), [spec, stored]);
  const [draft, setDraft] = useState<Settings>(stored);
  const [refused, setRefused] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef<() => void>(undefined);
  useEffect(() => setDraft(stored), [stored]);
  // Leaving the node must not lose what was typed last.
  useEffect(() => () => latest.current?.(), []);

  const faults = settingFaults(spec, clean(draft));
  const change = (next: Settings) => {
    setDraft(next);
    clearTimeout(timer.current);
    latest.current = () => {
      clearTimeout(timer.current);
      latest.current = undefined;
      if (settingFaults(spec, clean(next)).length > 0) return;
      const changed = changedSettings(stored, clean(next), defaults);
      if (Object.keys(changed).length > 0) setRefused(!save(changed));
    };
    timer.current = setTimeout(() => latest.current?.(), restMs);
  };
  if (Object.keys(shape.schema.properties ?? {}).length === 0) return <p className="quiet">Nothing to set.</p>;
  return (
    <section aria-label="Settings" data-faults={faults.length} data-refused={refused}>
      <Form
        className="form"
        tagName="div"
        idPrefix={node.id}
        schema={shape.schema}
        uiSchema={shape.ui}
        validator={validator}
        formData={draft}
        extraErrors={errorsOf(faults)}
        templates={templates}
        widgets={widgets}
        fields={fields}
        showErrorList={false}
        noHtml5Validate
        noValidate
        onChange={({ formData }) => change(formData ?? {})}
      />
    </section>
  );
}

// A parameter of the design stands where a value would be: it is shown as it is written.
function withJson({ schema, ui }: FormSchema, settings: Settings): FormSchema {
  const parameters = Object.keys(settings).filter((name) => parametersIn(settings[name]).length > 0);
  if (parameters.length === 0) return { schema, ui };
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, of]) => {
      const words = typeof of === 'object' && of.description !== undefined ? { description: of.description } : {};
      return [name, parameters.includes(name) ? words : of];
    }),
  );
  const fieldsOf = Object.fromEntries(parameters.map((name) => [name, { 'ui:field': 'json' }]));
  return { schema: { ...schema, properties }, ui: { ...ui, ...fieldsOf } };
}

// The form library sets an emptied field to undefined: such a setting is at its default.
function clean(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

type Faulty = { __errors?: string[] } & { [name: string]: unknown };

function errorsOf(faults: readonly SchemaFault[]): ErrorSchema<Settings> {
  const root: Faulty = {};
  for (const { pointer, message } of faults) {
    let at = root;
    for (const name of pointer.split('/').slice(1)) {
      const below = (at[name] ?? {}) as Faulty;
      at[name] = below;
      at = below;
    }
    at.__errors = [...(at.__errors ?? []), message];
  }
  return root as ErrorSchema<Settings>;
}
