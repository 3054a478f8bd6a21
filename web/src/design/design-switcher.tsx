import { useQuery, useQueryClient } from '@tanstack/react-query';
import { DropdownMenu } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import { howMany } from '#model/how-many.ts';
import { plainShortened } from '#model/shortened.ts';
import { usePart } from '../base/store.ts';
import { createDesign, deleteDesign, duplicateDesign, importDesign, listDesigns } from '../client/client.ts';
import { reasonOf } from '../client/problem.ts';
import { commit, type Desk, useDesk, useShown } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { Icon } from '../theme/icon.tsx';

/** The list of designs, a new one, a copy, a file brought in. */
export function DesignSwitcher() {
  const desk = useDesk();
  const queries = useQueryClient();
  const here = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  const file = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const { data } = useQuery({ queryKey: ['designs'], queryFn: () => listDesigns(), enabled: open });
  const opens = async (word: string, make: () => Promise<{ id: string }>) => {
    try {
      const { id } = await make();
      await queries.invalidateQueries({ queryKey: ['designs'] });
      desk.go(id);
    } catch (error) {
      say('bad', `Not ${word}: ${reasonOf(error)}`);
    }
  };
  return (
    <>
      <DropdownMenu.Root open={open} onOpenChange={setOpen}>
        <DropdownMenu.Trigger className="button plain" aria-label="Designs" data-hint="designs">
          <Icon name="design" size={18} />
          <Icon name="down" size={12} />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="start" sideOffset={6}>
            <DropdownMenu.Label className="menu-label">Designs</DropdownMenu.Label>
            <div className="menu-list">
              {data?.items.map((design) => (
                <DropdownMenu.Item key={design.id} className="menu-item" onSelect={() => desk.go(design.id)}>
                  <span className="menu-mark">{design.id === here && <Icon name="check" size={14} />}</span>
                  <span className="menu-words">{design.name}</span>
                  <span className="small quiet">{howMany(design.nodeCount, 'node')}</span>
                </DropdownMenu.Item>
              ))}
            </div>
            <DropdownMenu.Separator className="menu-line" />
            <Item icon="plus" says="New design" run={() => void opens('made', () => createDesign({ name: 'Untitled design' }))} />
            <Item icon="copy" says="Duplicate" run={() => void opens('copied', () => duplicate(desk))} />
            <Item icon="upload" says="Open a file…" run={() => file.current?.click()} />
            <DropdownMenu.Separator className="menu-line" />
            <Item icon="bin" says="Delete this design" run={() => void remove(desk, here)} />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Design file"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = '';
          if (chosen !== undefined) void opens('opened', async () => importDesign(await chosen.text()));
        }}
      />
    </>
  );
}

function Item({ icon, says, run }: { readonly icon: string; readonly says: string; readonly run: () => void }) {
  return (
    <DropdownMenu.Item className="menu-item" onSelect={run}>
      <span className="menu-mark">
        <Icon name={icon} size={14} />
      </span>
      <span className="menu-words">{says}</span>
    </DropdownMenu.Item>
  );
}

/** Copies the open design under a new name. */
export async function duplicate(desk: Desk): Promise<{ id: string }> {
  const { confirmed } = desk.design.state.get();
  return duplicateDesign(confirmed.id, plainShortened(`${confirmed.name} (copy)`, 200));
}

// A deletion can be taken back: the design is made again from what the page still knows.
async function remove(desk: Desk, id: string): Promise<void> {
  const { id: _id, rev: _rev, createdAt: _c, updatedAt: _u, ...body } = desk.design.state.get().shown;
  try {
    await deleteDesign(id);
    const { items } = await listDesigns();
    desk.go(items[0]?.id ?? (await createDesign({ name: 'Untitled design' })).id);
    say('plain', `“${body.name}” is deleted`, {
      label: 'Bring back',
      run: () => void createDesign(body).then((made) => desk.go(made.id)),
    });
  } catch (error) {
    say('bad', `Not deleted: ${reasonOf(error)}`);
  }
}

/** The name of the design, changed where it stands. */
export function DesignName() {
  const desk = useDesk();
  const name = useShown((shown) => shown.name);
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const save = () => {
    const next = text.trim();
    if (next === '') setText(name);
    else if (next !== name) commit(desk, 'change name', [{ do: 'design.set', name: next }]);
  };
  return (
    <input
      className="design-name"
      aria-label="Name of the design"
      value={text}
      maxLength={200}
      size={Math.max(text.length, 8)}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(name);
      }}
    />
  );
}
