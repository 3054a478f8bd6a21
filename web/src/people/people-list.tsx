import './people.css';
import { Popover } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import type { Peer } from '#model/presence.ts';
import { createStore, useStore } from '../base/store.ts';
import { useDesk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { Icon } from '../theme/icon.tsx';
import { follow } from './follow.ts';
import { longestName, myName, rename } from './my-name.ts';
import { initials, personColour } from './person-colour.ts';

const mostShown = 5;

/** Whom this person writes to; the list of people is open meanwhile. */
export const writingTo = createStore<string | null>(null);

/** Who has the design open: five of them, and how many more; the list says what one can do with them. */
export function PeopleList() {
  const desk = useDesk();
  const others = useStore(desk.people.others);
  const me = useStore(desk.people.me);
  const name = useStore(myName);
  const [open, setOpen] = useState(false);
  const wanted = useStore(writingTo);
  const count = others.length + 1;
  const shown = (is: boolean) => {
    setOpen(is);
    if (!is) writingTo.set(null);
  };
  return (
    <Popover.Root open={open || wanted !== null} onOpenChange={shown}>
      <Popover.Trigger className="people">
        <span className="unseen">{count === 1 ? 'People: only you' : `People: ${count}`}</span>
        {others.slice(0, mostShown).map((peer) => (
          <Badge key={peer.id} name={peer.name} colour={peer.colour} />
        ))}
        {others.length > mostShown && <span className="person more">+{others.length - mostShown}</span>}
        <Badge name={name} colour={me?.colour ?? 0} own />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu people-menu" align="end" sideOffset={6}>
          <MyName />
          <div className="menu-line" />
          {others.length === 0 && <p className="small quiet people-none">Nobody else has this design open.</p>}
          <ul className="menu-list">
            {others.map((peer) => (
              <Person key={peer.id} peer={peer} />
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Badge({ name, colour, own }: { readonly name: string; readonly colour: number; readonly own?: boolean }) {
  return (
    <span
      className={`person${own === true ? ' own' : ''}`}
      style={{ background: personColour(colour) }}
      title={name}
      data-person={name}
    >
      {initials(name)}
    </span>
  );
}

function MyName() {
  const name = useStore(myName);
  return (
    <label className="people-me">
      <span className="label">Your name, as others see it</span>
      <input
        key={name}
        className="field"
        defaultValue={name}
        maxLength={longestName}
        spellCheck={false}
        onBlur={(event) => rename(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
    </label>
  );
}

function Person({ peer }: { readonly peer: Peer }) {
  const desk = useDesk();
  const follows = useStore(desk.people.followed) === peer.id;
  const writes = useStore(writingTo) === peer.id;
  return (
    <li className="people-row">
      <Badge name={peer.name} colour={peer.colour} />
      <span className="menu-words">{peer.name}</span>
      <button type="button" className="button slim" aria-pressed={follows} onClick={() => follow(desk, follows ? null : peer.id)}>
        {follows ? 'Stop' : 'Follow'}
      </button>
      <button
        type="button"
        className="button plain slim icon-only"
        aria-label={`Write to ${peer.name}`}
        title={`Write to ${peer.name}`}
        onClick={() => writingTo.set(writes ? null : peer.id)}
      >
        <Icon name="message" size={14} />
      </button>
      {writes && <Letter peer={peer} />}
    </li>
  );
}

function Letter({ peer }: { readonly peer: Peer }) {
  const desk = useDesk();
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  // It was opened to be written in.
  useEffect(() => field.current?.focus(), []);
  const send = () => {
    if (text.trim() === '') return;
    if (!desk.people.say(peer.id, text.trim())) return say('bad', 'Not said: the server cannot be reached.');
    say('good', `Said to ${peer.name}`);
    writingTo.set(null);
  };
  return (
    <form
      className="people-letter"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <input
        className="field"
        ref={field}
        aria-label={`Message to ${peer.name}`}
        placeholder={`Only ${peer.name} sees it`}
        maxLength={2_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button" disabled={text.trim() === ''}>
        Say
      </button>
    </form>
  );
}

/** A frame in the colour of the person whose view this page follows. */
export function FollowFrame() {
  const desk = useDesk();
  const followed = useStore(desk.people.followed);
  const peer = useStore(desk.people.others).find(({ id }) => id === followed);
  if (peer === undefined) return null;
  const colour = personColour(peer.colour);
  return (
    <div className="follow-frame" style={{ borderColor: colour }}>
      <button type="button" style={{ background: colour }} onClick={() => follow(desk, null)}>
        Following {peer.name} · Stop
      </button>
    </div>
  );
}
