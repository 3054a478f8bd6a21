import { useStore } from '../base/store.ts';
import { Icon } from '../theme/icon.tsx';
import { dismiss, spoken, toasts } from './toasts.ts';

/** Short lines at the foot of the canvas, and what is said to those who do not see it. */
export function ToastList() {
  const lines = useStore(toasts);
  const words = useStore(spoken);
  return (
    <>
      <div className="toasts" role="status" aria-live="polite">
        {lines.map(({ id, tone, text, action }) => (
          <div key={id} className={`toast ${tone}`}>
            <span>{text}</span>
            {action !== undefined && (
              <button
                type="button"
                className="button slim"
                onClick={() => {
                  dismiss(id);
                  action.run();
                }}
              >
                {action.label}
              </button>
            )}
            <button type="button" className="toast-close" aria-label="Dismiss" onClick={() => dismiss(id)}>
              <Icon name="close" size={12} />
            </button>
          </div>
        ))}
      </div>
      <p className="unseen" aria-live="polite">
        {words}
      </p>
    </>
  );
}
