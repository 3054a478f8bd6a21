import { useEffect, useState } from 'react';

interface Props {
  readonly label: string;
  readonly title: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Answers whether it was taken; if not, what was is shown again. */
  readonly save: (value: number) => boolean;
}

/** A whole number that is saved when the person leaves it or presses Enter. */
export function NumberField({ label, title, value, min, max, save }: Props) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const done = () => {
    const next = Number(text);
    if (text === '' || !Number.isInteger(next)) setText(String(value));
    else if (next !== value && !save(next)) setText(String(value));
  };
  return (
    <label title={title}>
      <span className="label">{label}</span>
      <input
        className="field"
        type="number"
        min={min}
        max={max}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === 'Enter' && done()}
      />
    </label>
  );
}
