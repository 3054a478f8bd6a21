import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  BaseInputTemplateProps,
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  RegistryFieldsType,
  RegistryWidgetsType,
  TemplatesType,
  WidgetProps,
} from '@rjsf/utils';
import { useEffect, useState } from 'react';
import { FieldPeople } from '../people/field-people.tsx';
import { Icon } from '../theme/icon.tsx';
import { DesignChoice } from './design-choice.tsx';
import { wordsOf } from './form-schema.ts';
import { TypedSetting } from './typed-setting.tsx';

/** How the form library draws its parts here. */

function Field({ id, label, children, schema, uiSchema, rawErrors, hidden, displayLabel }: FieldTemplateProps) {
  if (hidden === true) return null;
  const isJson = schema.type === undefined || uiSchema?.['ui:field'] === 'json';
  const isTyped = uiSchema?.['ui:field'] === 'typed';
  const plain = !isJson && (schema.type === 'object' || schema.type === 'boolean');
  const faulty = (rawErrors?.length ?? 0) > 0;
  const unit = (schema as { unit?: string }).unit;
  return (
    <div className={`form-field${faulty ? ' faulty' : ''}`}>
      {!plain && (displayLabel === true || isJson || isTyped) && !/^[^ ]*-\d+$/.test(label) && (
        <label className="label" htmlFor={id}>
          {wordsOf(label, unit)} {unit !== undefined && <span className="unit">({unit})</span>}
          <FieldPeople name={label} />
        </label>
      )}
      {children}
      {(isJson || schema.type !== 'object') && schema.description !== undefined && <p className="says">{schema.description}</p>}
      {rawErrors?.map((error) => (
        <p key={error} className="fault" role="alert">
          {error}
        </p>
      ))}
    </div>
  );
}

function ObjectPart({ properties }: ObjectFieldTemplateProps) {
  return <div className="form-part">{properties.map(({ content }) => content)}</div>;
}

function List({ items, canAdd, onAddClick, title, schema }: ArrayFieldTemplateProps) {
  const word = wordsOf(title);
  return (
    <fieldset className="form-list">
      <legend className="label">{word}</legend>
      <div className="form-items">{items}</div>
      {canAdd === true && (
        <button type="button" className="button slim" aria-label={`Add to ${word}`} onClick={onAddClick}>
          <Icon name="plus" size={12} /> Add
        </button>
      )}
      {schema.description !== undefined && <span className="unseen">{schema.description}</span>}
    </fieldset>
  );
}

function Item({ children, buttonsProps, index }: ArrayFieldItemTemplateProps) {
  return (
    <div className="form-row">
      <div className="form-cell">{children}</div>
      {buttonsProps.hasMoveUp && (
        <button
          type="button"
          className="button plain slim icon-only"
          aria-label={`Move entry ${index + 1} up`}
          onClick={buttonsProps.onMoveUpItem}
        >
          <Icon name="up" size={12} />
        </button>
      )}
      {buttonsProps.hasMoveDown && (
        <button
          type="button"
          className="button plain slim icon-only"
          aria-label={`Move entry ${index + 1} down`}
          onClick={buttonsProps.onMoveDownItem}
        >
          <Icon name="down" size={12} />
        </button>
      )}
      {buttonsProps.hasRemove && (
        <button
          type="button"
          className="button plain slim icon-only"
          aria-label={`Remove entry ${index + 1}`}
          onClick={buttonsProps.onRemoveItem}
        >
          <Icon name="close" size={12} />
        </button>
      )}
    </div>
  );
}

function Input({ id, value, onChange, schema, placeholder }: BaseInputTemplateProps) {
  const numeric = schema.type === 'number' || schema.type === 'integer';
  return (
    <input
      id={id}
      className="field"
      type={numeric ? 'number' : 'text'}
      step={schema.type === 'integer' ? 1 : 'any'}
      min={schema.minimum}
      max={schema.maximum}
      placeholder={placeholder}
      value={(value as string | number | undefined) ?? ''}
      onChange={({ target }) => onChange(numeric ? numberOf(target.value) : target.value, undefined, id)}
    />
  );
}

const numberOf = (text: string): number | undefined => (text === '' ? undefined : Number(text));

function Area({ id, value, onChange }: WidgetProps) {
  const text = (value as string | undefined) ?? '';
  const rows = Math.min(Math.max(text.split('\n').length, Math.ceil(text.length / 36), 2), 10);
  return (
    <textarea
      id={id}
      className="field code-field"
      spellCheck={false}
      rows={rows}
      value={text}
      onChange={({ target }) => onChange(target.value, undefined, id)}
    />
  );
}

function Choice({ id, value, onChange, options }: WidgetProps) {
  return (
    <select
      id={id}
      className="field"
      value={(value as string | undefined) ?? ''}
      onChange={({ target }) => onChange(target.value, undefined, id)}
    >
      {options.enumOptions?.map((option) => (
        <option key={String(option.value)} value={String(option.value)}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Check({ id, value, onChange, label }: WidgetProps) {
  return (
    <label className="form-check" htmlFor={id}>
      <input
        id={id}
        type="checkbox"
        checked={value === true}
        onChange={({ target }) => onChange(target.checked, undefined, id)}
      />
      {wordsOf(label)}
    </label>
  );
}

function Json({ formData, onChange, fieldPathId, name }: FieldProps) {
  const written = JSON.stringify(formData, null, 1) ?? '';
  const [text, setText] = useState(written);
  const [fault, setFault] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another value from outside replaces what is typed.
  useEffect(() => {
    if (!sameJson(text, formData)) setText(written);
  }, [written]);
  const change = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() === '' ? undefined : JSON.parse(next), fieldPathId.path, undefined, fieldPathId.$id);
      setFault('');
    } catch {
      setFault('This is not JSON yet; a text is written in quotes.');
    }
  };
  return (
    <>
      <textarea
        id={fieldPathId.$id}
        className="field code-field"
        aria-label={wordsOf(name)}
        spellCheck={false}
        rows={Math.min(Math.max(text.split('\n').length, 1), 10)}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
      {fault !== '' && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}

function sameJson(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

export const templates: Partial<TemplatesType> = {
  FieldTemplate: Field,
  ObjectFieldTemplate: ObjectPart,
  ArrayFieldTemplate: List,
  ArrayFieldItemTemplate: Item,
  BaseInputTemplate: Input,
};
export const widgets: RegistryWidgetsType = {
  TextareaWidget: Area,
  SelectWidget: Choice,
  CheckboxWidget: Check,
  design: DesignChoice,
};
export const fields: RegistryFieldsType = { json: Json, typed: TypedSetting };
