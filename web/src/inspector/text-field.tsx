import { useId } from 'react';
import type { DraftOf } from '../keeping/drafts.ts';
import { useDesk } from '../shell/desk.ts';
import { useTyping } from './use-typing.ts';

interface Props {
  readonly label: string;
  readonly value: string;
  /** As it is at this moment; `value` where nobody else can have changed it since it was drawn. */
  readonly read?: () => string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly rows?: number;
  /** Under which what is typed survives a crash. */
  readonly draft?: DraftOf;
  /** Saves what was typed on `base`; false leaves it standing to be corrected. */
  readonly save: (value: string, base: string) => boolean;
}

/** A text that is saved when the person leaves it or presses Enter; Escape brings back what was. */
export function TextField({ label, value, read = () => value, placeholder, maxLength, rows, draft, save }: Props) {
  const id = useId();
  const { drafts } = useDesk();
  const { ref, text, change, done, cancel } = useTyping({
    value,
    read,
    save,
    draft: draft && ((typed) => drafts.typed(draft, typed)),
  });
  const shared = {
    id,
    className: 'field',
    value: text,
    ...(placeholder !== undefined && { placeholder }),
    ...(maxLength !== undefined && { maxLength }),
    onBlur: done,
    onChange: (event: { target: { value: string } }) => change(event.target.value),
    onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => {
      if (event.key === 'Enter' && (rows === undefined || event.ctrlKey)) event.currentTarget.blur();
      if (event.key === 'Escape') cancel();
    },
  };
  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {rows === undefined ? (
        <input {...shared} ref={ref as React.RefObject<HTMLInputElement>} />
      ) : (
        <textarea {...shared} ref={ref as React.RefObject<HTMLTextAreaElement>} rows={rows} />
      )}
    </div>
  );
}
