import { useEffect, useId, useState } from 'react';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly rows?: number;
  readonly save: (value: string) => unknown;
}

/** A text that is saved when the person leaves it or presses Enter; Escape brings back what was. */
export function TextField({ label, value, placeholder, maxLength, rows, save }: Props) {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const done = () => {
    if (text !== value) save(text);
  };
  const shared = {
    id,
    className: 'field',
    value: text,
    ...(placeholder !== undefined && { placeholder }),
    ...(maxLength !== undefined && { maxLength }),
    onBlur: done,
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
    onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => {
      if (event.key === 'Enter' && (rows === undefined || event.ctrlKey)) event.currentTarget.blur();
      if (event.key === 'Escape') setText(value);
    },
  };
  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {rows === undefined ? <input {...shared} /> : <textarea {...shared} rows={rows} />}
    </div>
  );
}
