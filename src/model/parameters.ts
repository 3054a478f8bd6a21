/**
 * D15  A setting of a node may be a parameter of its design: `{ "$param": "limit", "default": 10 }`. Whoever uses the design as a part
 *      gives the value; without one it is the default, and without that the setting is as if it were left out.
 */

interface Parameter {
  readonly $param: string;
  readonly default?: unknown;
}

function isParameter(value: object): value is Parameter {
  const keys = Object.keys(value);
  const name: unknown = (value as { $param?: unknown }).$param;
  return typeof name === 'string' && keys.every((key) => key === '$param' || key === 'default');
}

type Values = Readonly<Record<string, unknown>>;

const left = Symbol('left out');

function filled(value: unknown, values: Values): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => filled(item, values));
    return items.some((item, i) => item !== value[i]) ? items.map((item) => (item === left ? null : item)) : value;
  }
  if (isParameter(value)) {
    if (Object.hasOwn(values, value.$param)) return values[value.$param];
    return value.default ?? left;
  }
  const entries = Object.entries(value).map(([name, part]) => [name, filled(part, values)] as const);
  if (entries.every(([name, part]) => part === (value as Values)[name])) return value;
  return Object.fromEntries(entries.filter(([, part]) => part !== left));
}

/** The settings with every parameter in them replaced; the same object when there is none. */
export function withParameters(settings: Values, values: Values): Values {
  const whole = isParameter(settings) ? settings : filled(settings, values);
  return whole as Values;
}

/** The names of the parameters in settings. */
export function parametersIn(settings: unknown): readonly string[] {
  if (settings === null || typeof settings !== 'object') return [];
  if (!Array.isArray(settings) && isParameter(settings)) return [settings.$param];
  return Object.values(settings).flatMap(parametersIn);
}
