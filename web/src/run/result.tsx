import { useQuery } from '@tanstack/react-query';
import { Dialog } from 'radix-ui';
import { usePart } from '../base/store.ts';
import { readFile } from '../client/client.ts';
import { reasonOf } from '../client/problem.ts';
import { useDesk, useUi } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { Icon } from '../theme/icon.tsx';
import { csvRows, jsonRows } from './table.ts';

const mostRows = 500;

/** A file that the design has read or written, as a table where it is one. */
export function Result() {
  const desk = useDesk();
  const path = useUi((ui) => ui.result);
  const close = () => desk.ui.set((ui) => ({ ...ui, result: null }));
  return (
    <Dialog.Root open={path !== null} onOpenChange={(open) => open || close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog result" aria-describedby={undefined}>
          {path !== null && <OpenFile path={path} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function OpenFile({ path }: { readonly path: string }) {
  const desk = useDesk();
  const state = usePart(desk.run.session, (session) => session?.state);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['file', path, state],
    queryFn: () => readFile(path),
    retry: false,
    gcTime: 0,
  });
  return (
    <>
      <header className="dialog-head">
        <Icon name="file" />
        <Dialog.Title className="panel-title">{path}</Dialog.Title>
        <button type="button" className="button slim" onClick={() => void refetch()}>
          <Icon name="restart" size={12} /> Read again
        </button>
        {data !== undefined && (
          <button type="button" className="button slim" onClick={() => void copyText(data)}>
            <Icon name="copy" size={12} /> Copy
          </button>
        )}
        <Dialog.Close className="button plain slim icon-only" aria-label="Close">
          <Icon name="close" size={14} />
        </Dialog.Close>
      </header>
      <div className="result-body">
        {isPending && <p className="nothing">Reading…</p>}
        {error !== null && <p className="nothing">{reasonOf(error)} Run the design first.</p>}
        {data !== undefined && <Content path={path} text={data} />}
      </div>
    </>
  );
}

function Content({ path, text }: { readonly path: string; readonly text: string }) {
  const rows = /\.csv$/i.test(path) ? csvRows(text, mostRows + 1) : /json/i.test(path) ? jsonRows(text, mostRows) : undefined;
  if (rows === undefined || rows.length === 0) return <pre className="result-text">{text}</pre>;
  const [head = [], ...body] = rows;
  return (
    <table className="result-table">
      <thead>
        <tr>
          {head.map((name, at) => (
            <th key={name} scope="col" className={numeric(body[0]?.[at])}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((row, number) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of a file is known by its number.
          <tr key={number}>
            {row.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as a cell is by its column.
              <td key={at} className={numeric(cell)}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const numeric = (cell: string | undefined) => (cell !== undefined && /^-?[\d.]+$/.test(cell) ? 'number' : undefined);

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say('good', 'Copied');
  } catch {
    say('bad', 'The browser does not allow copying here.');
  }
}
