import Form from '@rjsf/core';
import type { ErrorSchema, RJSFSchema, ValidatorType } from '@rjsf/utils';
import { type FocusEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { TSchema } from 'typebox';
import type { ComponentSpec } from '#model/component.ts';
import type { Node } from '#model/design.ts';
import { sameJson } from '#model/edits/diff.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { parametersIn } from '#model/parameters.ts';
import { fits, type SchemaFault } from '#model/schema-check.ts';
import { settingFaults, withDefaults } from '#model/settings.ts';
import { useDesk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { fields, templates, widgets } from './form-parts.tsx';
import { type FormSchema, formSchema } from './form-schema.ts';
import { mergedList } from './list-edits.ts';
import { settingEdits } from './setting-edits.ts';
import { SettingsContext, type SettingsOf } from './settings-of.ts';

type Settings = Readonly<Record<string, unknown>>;

interface Props {
  readonly spec: ComponentSpec;
  readonly node: Node;
  /** Answers why they do not fit. */
  readonly save: (edits: readonly Edit[]) => Refusal | undefined;
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
  const shape = useMemo(() => withJson(formSchema(spec.settings), stored), [spec, stored]);
  const of = useSettings(spec, node, stored, save);
  const { draft, change, refused } = useDraft(spec, of);
  const faults = settingFaults(spec, clean(draft));
  if (Object.keys(shape.schema.properties ?? {}).length === 0) return <p className="quiet">Nothing to set.</p>;
  return (
    <SettingsContext value={of}>
      <section
        aria-label="Settings"
        data-faults={faults.length}
        data-refused={refused}
        onFocus={(event) => of.told(touched(idOf(event), node.id, draft) ?? null)}
        onBlur={() => of.told(null)}
      >
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
          onChange={({ formData }, id) => change(formData ?? {}, id)}
        />
      </section>
    </SettingsContext>
  );
}

const idOf = ({ target }: FocusEvent): string | undefined => (target instanceof HTMLElement ? target.id : undefined);

function useSettings(spec: ComponentSpec, node: Node, stored: Settings, save: Props['save']): SettingsOf {
  const desk = useDesk();
  const latest = useRef(save);
  useLayoutEffect(() => {
    latest.current = save;
  });
  return useMemo(() => {
    const defaults = withDefaults(spec, {});
    const read = () => withDefaults(spec, desk.design.state.get().shown.nodes[node.id]?.settings ?? {});
    return {
      node: node.id,
      stored,
      read,
      save(changed, base = {}) {
        const before = read();
        const merged = Object.entries(changed).map(([name, value]) => [name, mergedList(base[name], value, before[name])]);
        const edits = settingEdits(node.id, before, clean({ ...before, ...Object.fromEntries(merged) }), defaults);
        return edits.length === 0 ? undefined : latest.current(edits)?.message;
      },
      told: (name) => desk.people.does({ field: name === null ? null : { node: node.id, name } }),
    };
  }, [desk, spec, node.id, stored]);
}

// What was touched and is not saved yet lies over what is stored: so neither what others change nor what is saved takes it away.
function useDraft(spec: ComponentSpec, of: SettingsOf) {
  const typed = useRef<Settings>({});
  // What was touched, as it was before.
  const base = useRef<Settings>({});
  const [, draw] = useState<Settings>({});
  const [refused, setRefused] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const save = useRef<() => void>(() => {});
  const put = (next: Settings) => {
    typed.current = next;
    draw(next);
  };
  useLayoutEffect(() => {
    save.current = () => {
      clearTimeout(timer.current);
      const changed = typed.current;
      if (Object.keys(changed).length === 0 || settingFaults(spec, clean({ ...of.read(), ...changed })).length > 0) return;
      const from = base.current;
      base.current = {};
      put({});
      const refusal = of.save(changed, from);
      if (refusal !== undefined) {
        base.current = from;
        put(changed);
        say('bad', `Cannot change settings: ${refusal}`);
      }
      setRefused(refusal !== undefined);
    };
  });
  // Leaving the node must not lose what was typed last.
  useEffect(() => () => save.current(), []);
  const draft = { ...of.stored, ...typed.current };
  return {
    draft,
    refused,
    change(next: Settings, id: string | undefined) {
      const name = touched(id, of.node, next);
      const names =
        name === undefined ? Object.keys({ ...draft, ...next }).filter((key) => !sameJson(draft[key], next[key])) : [name];
      base.current = { ...Object.fromEntries(names.map((key) => [key, of.stored[key]])), ...base.current };
      put({ ...typed.current, ...Object.fromEntries(names.map((key) => [key, next[key]])) });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => save.current(), restMs);
    },
  };
}

// Which setting a part of the form with this id belongs to; ids are `node_setting_part_…`.
function touched(id: string | undefined, node: string, settings: Settings): string | undefined {
  if (id === undefined || !id.startsWith(`${node}_`)) return undefined;
  const rest = id.slice(node.length + 1);
  const names = Object.keys(settings).filter((name) => rest === name || rest.startsWith(`${name}_`));
  return names.toSorted((a, b) => b.length - a.length)[0];
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
