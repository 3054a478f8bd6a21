import { useEffect, useMemo, useState } from 'react';
import type { Sample } from '#model/sessions/session.ts';
import { usePart } from '../base/store.ts';
import { getMessages } from '../client/client.ts';
import { sizeText } from '../run/frame.ts';
import { useDesk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { Icon } from '../theme/icon.tsx';

const most = 100;

/** The last messages of a wire, newest first, as they pass; can be held still, filtered and copied. */
export function Messages({ wire }: { readonly wire: string }) {
  const desk = useDesk();
  const sessionId = usePart(desk.run.session, (session) => session?.id);
  const samples = useSamples(sessionId, wire);
  const [held, setHeld] = useState<readonly Sample[] | null>(null);
  const [query, setQuery] = useState('');
  const shown = held ?? samples;
  const found = useMemo(() => filtered(shown, query), [shown, query]);
  if (sessionId === undefined) return <p className="quiet">Run the design to see what passes here.</p>;
  return (
    <section className="messages" aria-label="Messages">
      <div className="messages-bar">
        <h3>Messages</h3>
        <input
          className="field slim"
          type="search"
          placeholder="Filter"
          aria-label="Filter messages"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <button
          type="button"
          className="button slim icon-only"
          aria-label={held === null ? 'Hold still' : 'Go on'}
          title={held === null ? 'Hold still' : 'Go on'}
          aria-pressed={held !== null}
          onClick={() => setHeld(held === null ? samples : null)}
        >
          <Icon name={held === null ? 'pause' : 'play'} size={14} />
        </button>
        <button
          type="button"
          className="button slim icon-only"
          aria-label="Copy messages"
          title="Copy as JSON"
          onClick={() => void copy(found)}
        >
          <Icon name="copy" size={14} />
        </button>
      </div>
      <ol className="message-list">
        {found.map((sample) => (
          <MessageLine key={sample.number} sample={sample} />
        ))}
      </ol>
      {found.length === 0 && <p className="small quiet">{shown.length === 0 ? 'Nothing has passed yet.' : 'Nothing matches.'}</p>}
    </section>
  );
}

function MessageLine({ sample }: { readonly sample: Sample }) {
  const { number, at, value, sizeBytes, cut } = sample;
  return (
    <li className="message" data-message={number}>
      <p className="message-head">
        <b>{number.toLocaleString('en')}</b>
        <time dateTime={at}>{new Date(at).toLocaleTimeString('en-GB')}</time>
        <span>
          {sizeText(sizeBytes)}
          {cut ? ', cut' : ''}
        </span>
      </p>
      <pre>{pretty(value)}</pre>
    </li>
  );
}

// Short messages stay on one line: a list of them is read at a glance.
function pretty(value: unknown): string {
  const line = JSON.stringify(value) ?? 'undefined';
  return line.length <= 44 ? line : JSON.stringify(value, null, 2);
}

function filtered(samples: readonly Sample[], query: string): readonly Sample[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return samples;
  return samples.filter(({ value }) => JSON.stringify(value)?.toLowerCase().includes(wanted) ?? false);
}

async function copy(samples: readonly Sample[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(
      JSON.stringify(
        samples.map(({ value }) => value),
        null,
        2,
      ),
    );
    say('good', `${samples.length} messages copied`);
  } catch {
    say('bad', 'The browser does not allow copying here.');
  }
}

function useSamples(sessionId: string | undefined, wire: string): readonly Sample[] {
  const { live } = useDesk();
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    setSamples([]);
    if (sessionId === undefined) return;
    let gone = false;
    const add = (more: readonly Sample[]) => !gone && setSamples((now) => merged(now, more));
    const leave = live.subscribe({ topic: 'connection', id: sessionId, connection: wire }, (message) => {
      if (message.type === 'session.samples') add(message.samples);
    });
    getMessages(sessionId, wire)
      .then(({ items }) => add(items))
      .catch(() => undefined);
    return () => {
      gone = true;
      leave();
    };
  }, [live, sessionId, wire]);
  return samples;
}

/** Two lists of samples as one, each once, newest first, at most a hundred. */
export function merged(now: readonly Sample[], more: readonly Sample[]): readonly Sample[] {
  const known = new Set(now.map(({ number }) => number));
  const fresh = more.filter(({ number }) => !known.has(number));
  return fresh.length === 0 ? now : [...now, ...fresh].sort((a, b) => b.number - a.number).slice(0, most);
}
