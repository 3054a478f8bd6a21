import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { loadCatalog } from '#host/plugins.ts';
import { errorText } from '#host/threads/thread-messages.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import type { ForceAnswer, ForceQuestion } from './force-thread.ts';
import { forceDesign } from './forced-design.ts';

/** The other end of `force-thread.ts`: loads the components, runs them along the trace, answers. */

enableCompileCache();
const { componentsUrl, folders, design, trace, seed } = workerData as ForceQuestion;

async function answer(): Promise<ForceAnswer> {
  try {
    const { components } = (await import(componentsUrl)) as { components: readonly AnyComponent[] };
    const catalog = await loadCatalog(components, folders);
    return { report: await forceDesign(systemClock, { catalog, design, seed, inputs: [], outputs: [] }, trace) };
  } catch (thrown) {
    return { error: errorText(thrown) };
  }
}

parentPort?.postMessage(await answer());
