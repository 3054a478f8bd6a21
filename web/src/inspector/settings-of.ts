import { createContext, useContext } from 'react';

type Settings = Readonly<Record<string, unknown>>;

/** The settings of the node whose form this is, for parts of the form that save by themselves. */
export interface SettingsOf {
  readonly node: string;
  /** As drawn, defaults filled in. */
  readonly stored: Settings;
  /** As they are at this moment. */
  read(): Settings;
  /** Saves some of them; answers why not. `base` is what they were when this person began, for lists that others change, too. */
  save(changed: Settings, base?: Settings): string | undefined;
  /** Tells the others in which of them this person types. */
  told(name: string | null): void;
}

export const SettingsContext = createContext<SettingsOf | null>(null);

export function useSettingsOf(): SettingsOf {
  const of = useContext(SettingsContext);
  if (of === null) throw new Error('this part of a form needs the settings of a node');
  return of;
}

/** A setting that is a text; nothing yet is an empty one. */
export const entryOf = (settings: Settings, name: string): string => {
  const value = settings[name];
  return typeof value === 'string' ? value : '';
};
