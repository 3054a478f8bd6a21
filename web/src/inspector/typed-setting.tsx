import type { FieldProps } from '@rjsf/utils';
import { useEffect, useState } from 'react';
import { changedText, changeFault } from '#model/edits/text-change.ts';
import { useDesk } from '../shell/desk.ts';
import { onGivenBack } from '../shell/given-back.ts';
import { entryOf, useSettingsOf } from './settings-of.ts';
import { useTyping } from './use-typing.ts';

const restMs = 450;

/**
 * A setting that is a text, typed by several at once: it is read from the design and saved into it by itself, whatever else of the
 * form is drawn anew meanwhile.
 */
export function TypedSetting({ fieldPathId, name, uiSchema }: FieldProps) {
  const { node, stored, read, save } = useSettingsOf();
  const { drafts } = useDesk();
  const [fault, setFault] = useState('');
  const { ref, text, change, done, cancel, giveBack } = useTyping({
    value: entryOf(stored, name),
    read: () => entryOf(read(), name),
    save: (next) => {
      const refusal = save({ [name]: next });
      setFault(refusal === undefined ? '' : reasonHere(refusal));
      return refusal === undefined;
    },
    restMs,
    draft: (typed) => drafts.typed({ is: 'setting', node, name }, typed),
  });
  // The server may know more about it than the page: an expression that is not one yet.
  useEffect(
    () =>
      onGivenBack(({ edits, refusal }) => {
        const typed = edits.find((edit) => edit.do === 'text.edit' && edit.node === node && edit.name === name);
        if (typed?.do !== 'text.edit' || refusal.code !== 'SETTINGS_INVALID') return false;
        const now = entryOf(read(), name);
        if (changeFault(typed.change, now) !== undefined) return false;
        giveBack(changedText(now, typed.change));
        setFault(reasonHere(refusal.message));
        return true;
      }),
    [node, name, read, giveBack],
  );
  const shared = {
    id: fieldPathId.$id,
    value: text,
    onChange: ({ target }: { target: { value: string } }) => {
      setFault('');
      change(target.value);
    },
    onBlur: done,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setFault('');
      cancel();
    },
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

// Which setting it is, is seen.
const reasonHere = (message: string): string => message.replace(/^setting \S+ of \S+: /, '');
