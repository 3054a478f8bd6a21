import type { FieldProps } from '@rjsf/utils';
import { useState } from 'react';
import { entryOf, useSettingsOf } from './settings-of.ts';
import { useTyping } from './use-typing.ts';

const restMs = 450;

/**
 * A setting that is a text, typed by several at once: it is read from the design and saved into it by itself, whatever else of the
 * form is drawn anew meanwhile.
 */
export function TypedSetting({ fieldPathId, name, uiSchema }: FieldProps) {
  const { stored, read, save, told } = useSettingsOf();
  const [fault, setFault] = useState('');
  const { ref, text, change, done, cancel } = useTyping({
    value: entryOf(stored, name),
    read: () => entryOf(read(), name),
    save: (next) => {
      const refusal = save({ [name]: next });
      setFault(refusal ?? '');
      return refusal === undefined;
    },
    restMs,
  });
  const shared = {
    id: fieldPathId.$id,
    value: text,
    onChange: ({ target }: { target: { value: string } }) => change(target.value),
    onFocus: () => told(name),
    onBlur: () => {
      told(null);
      done();
    },
    onKeyDown: (event: React.KeyboardEvent) => event.key === 'Escape' && cancel(),
  };
  const rows = Math.min(Math.max(text.split('\n').length, Math.ceil(text.length / 36), 2), 10);
  return (
    <>
      {uiSchema?.['ui:options']?.['long'] === true ? (
        <textarea
          {...shared}
          ref={ref as React.RefObject<HTMLTextAreaElement>}
          className="field code-field"
          spellCheck={false}
          rows={rows}
        />
      ) : (
        <input {...shared} ref={ref as React.RefObject<HTMLInputElement>} className="field" type="text" />
      )}
      {fault !== '' && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}
