import { useEffect, useState } from 'react';
import type { SettingsForm } from './settings-form.tsx';

type Form = typeof SettingsForm;

const load = async (): Promise<Form> => (await import('./settings-form.tsx')).SettingsForm;

/** Fetches the form library while nobody waits for it: it must be there also when the server is not. */
export function fetchFormEarly(): void {
  const soon = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 500));
  soon(() => void load().catch(() => undefined));
}

/** The settings form, once it is fetched; says so when it cannot be. */
export function LateForm(props: Parameters<Form>[0]) {
  const [form, setForm] = useState<{ is: Form } | 'missing' | undefined>();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again.
  useEffect(() => {
    let gone = false;
    load().then(
      (is) => gone || setForm({ is }),
      () => gone || setForm('missing'),
    );
    return () => {
      gone = true;
    };
  }, [round]);
  if (form === undefined) return <p className="quiet">…</p>;
  if (form === 'missing') {
    return (
      <p className="quiet">
        The form cannot be fetched now.{' '}
        <button type="button" className="link" onClick={() => setRound((now) => now + 1)}>
          Try again
        </button>
      </p>
    );
  }
  return <form.is {...props} />;
}
