import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineError, messageOf } from '#base/errors.ts';
import { contractFaults } from '#contract/faults.ts';
import type { AnyComponent, Arity } from '#kit/define-component.ts';

const pluginUnreadable = defineError('HOST_PLUGIN_UNREADABLE', 'input', 'The folder of components cannot be read.');
const pluginFailed = defineError('HOST_PLUGIN_FAILED', 'input', 'A component file could not be loaded.');
const pluginContract = defineError('HOST_PLUGIN_CONTRACT', 'input', 'The contract of a component is not valid.');

const isSource = (name: string): boolean => /\.(ts|js|mjs)$/.test(name) && !/\.(test|d)\.(ts|js|mjs)$/.test(name);

/**
 * Loads the component kinds of a folder: every source file directly in it that exports what `defineComponent` made.
 *
 * @throws HOST_PLUGIN_UNREADABLE, HOST_PLUGIN_FAILED, HOST_PLUGIN_CONTRACT, each naming the file and what is wrong with it.
 */
export async function loadComponents(folder: string): Promise<readonly AnyComponent[]> {
  const found: AnyComponent[] = [];
  for (const name of await sourcesIn(folder)) found.push(...(await componentsOf(join(folder, name))));
  return found;
}

async function sourcesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isSource).sort();
  } catch (cause) {
    throw pluginUnreadable({ detail: `The folder of components ${folder} cannot be read: ${messageOf(cause)}.`, cause });
  }
}

async function componentsOf(file: string): Promise<AnyComponent[]> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw pluginFailed({
      detail: `The component file ${file} could not be loaded: ${messageOf(cause)}.`,
      facts: { file },
      cause,
    });
  }
  const components = Object.values(module).filter(isComponent);
  for (const component of components) refuseBadContract(component, file);
  return components;
}

function isComponent(value: unknown): value is AnyComponent {
  const candidate = value as Partial<AnyComponent> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.run === 'function' &&
    typeof candidate.spec?.kind === 'string'
  );
}

function refuseBadContract({ spec, contractOf }: AnyComponent, file: string): void {
  const arity: Arity = Object.fromEntries(Object.keys(spec.ports).map((port) => [port, 1]));
  const [fault] = contractFaults(contractOf({}, arity), spec.ports);
  if (fault === undefined) return;
  const facts = { file, kind: spec.kind };
  throw pluginContract({ detail: `The contract of ${spec.kind} (${file}) is not valid: ${fault.message}`, facts });
}
