import './shell.css';
import './over.css';
import '../run/run.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ReactFlowProvider } from '@xyflow/react';
import { useCallback, useEffect, useState } from 'react';
import { hasEnded } from '#model/sessions/session.ts';
import { usePart } from '../base/store.ts';
import { Canvas } from '../canvas/canvas.tsx';
import { askAs, createDesign, listComponents, listDesigns, listExecutions } from '../client/client.ts';
import { openLive } from '../client/live.ts';
import { Refused, reasonOf } from '../client/problem.ts';
import { AsideBar } from '../design/aside-bar.tsx';
import { PastPart } from '../history/past-bar.tsx';
import { QuickSearch } from '../palette/quick-search.tsx';
import { myName } from '../people/my-name.ts';
import { TracePanel } from '../problems/trace-panel.tsx';
import { PausedBar } from '../run/paused-bar.tsx';
import { Result } from '../run/result.tsx';
import { type Desk, DeskContext } from './desk.ts';
import { Hints } from './hints.tsx';
import { keptDesign } from './kept-design.ts';
import { KeySheet, useKeys } from './keys.tsx';
import { type Ground, openDesk } from './open-desk.ts';
import { InspectorSide, OpenDrawer, Rail } from './side.tsx';
import { OfflineBanner, StatusLine } from './status-line.tsx';
import { ToastList } from './toast-list.tsx';
import { TopBar } from './top-bar.tsx';

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 2_000, retry: 1 } } });

/** The page: the design of the address, or the one that is running. */
export function App() {
  const [id, setId] = useState(idOfAddress);
  const go = useCallback((to: string) => {
    history.pushState(null, '', `/designs/${to}`);
    setId(to);
  }, []);
  useEffect(() => {
    const back = () => setId(idOfAddress());
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const opened = useOpened(id, go);
  return (
    <QueryClientProvider client={queries}>
      {'desk' in opened ? (
        <DeskContext value={opened.desk}>
          <ReactFlowProvider key={id}>
            <Desktop desk={opened.desk} />
          </ReactFlowProvider>
        </DeskContext>
      ) : (
        <Waiting words={opened.words} retry={opened.retry} />
      )}
    </QueryClientProvider>
  );
}

const idOfAddress = (): string | undefined => /^\/designs\/([^/]+)/.exec(location.pathname)?.[1]?.toLowerCase();

type Opened = { readonly desk: Desk } | { readonly words: string; readonly retry: (() => void) | undefined };

let ground: Promise<Ground> | undefined;
// Asked for once; after a failure again.
function laidGround(): Promise<Ground> {
  askAs(myName.get);
  ground ??= listComponents().then((specs) => ({ specs, live: openLive(liveAddress()) }));
  ground.catch(() => {
    ground = undefined;
  });
  return ground;
}

const liveAddress = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;

function useOpened(id: string | undefined, go: (id: string) => void): Opened {
  const [opened, setOpened] = useState<Opened>({ words: 'Opening…', retry: undefined });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again.
  useEffect(() => {
    let gone = false;
    let close: (() => void) | undefined;
    const open = async () => {
      const ground = await laidGround();
      const chosen = id ?? (await firstDesign());
      if (id === undefined) history.replaceState(null, '', `/designs/${chosen}`);
      const kept = await keptDesign(chosen);
      if (gone) return kept.keeper.close();
      document.title = `${kept.line.confirmed.name} · CSP Designer`;
      const opening = openDesk(kept, ground, go);
      close = opening.close;
      setOpened({ desk: opening.desk });
    };
    open().catch((error: unknown) => {
      if (gone) return;
      const missing = error instanceof Refused && error.problem.status === 404;
      const retry = missing ? () => location.assign('/') : () => setRound((now) => now + 1);
      setOpened({ words: missing ? 'There is no such design (any more).' : reasonOf(error), retry });
    });
    return () => {
      gone = true;
      close?.();
    };
  }, [id, go, round]);
  return opened;
}

// The design that is running, the newest run first; otherwise the first; otherwise a new one.
async function firstDesign(): Promise<string> {
  const [{ items: sessions }, { items: designs }] = await Promise.all([listExecutions(), listDesigns()]);
  const known = new Set(designs.map(({ id }) => id));
  const running = sessions.find(({ state, designId }) => !hasEnded(state) && known.has(designId));
  const [first] = designs;
  return running?.designId ?? first?.id ?? (await createDesign({ name: 'Untitled design' })).id;
}

function Desktop({ desk }: { readonly desk: Desk }) {
  useKeys(desk);
  const drawer = usePart(desk.ui, (ui) => ui.drawer !== null);
  const inspector = usePart(desk.ui, (ui) => ui.inspector);
  return (
    <div className={`desk${drawer ? ' with-drawer' : ''}${inspector ? ' with-inspector' : ''}`}>
      <OfflineBanner />
      <AsideBar />
      <TopBar />
      <div className="desk-middle">
        <Rail />
        <OpenDrawer />
        <main className="stage">
          <Canvas />
          <PastPart />
          <PausedBar />
          <TracePanel />
          <ToastList />
        </main>
        <InspectorSide />
      </div>
      <StatusLine />
      <QuickSearch />
      <Hints />
      <KeySheet />
      <Result />
    </div>
  );
}

function Waiting({ words, retry }: { readonly words: string; readonly retry: (() => void) | undefined }) {
  return (
    <main className="waiting-page">
      <h1>CSP Designer</h1>
      <p>{words}</p>
      {retry !== undefined && (
        <button type="button" className="button primary" onClick={retry}>
          Try again
        </button>
      )}
    </main>
  );
}
