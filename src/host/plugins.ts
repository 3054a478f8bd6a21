import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Type } from 'typebox';
import { defineError, messageOf } from '#base/errors.ts';
import { contractFaults } from '#contract/faults.ts';
import type { AnyComponent, Arity } from '#kit/define-component.ts';
import { ComponentSpec } from '#model/component.ts';
import { Node } from '#model/design.ts';
import { faultsOf } from '#model/schema-check.ts';
import { type Catalog, createCatalog, kindTaken } from './catalog.ts';
import { openPluginImports } from './plugin-imports.ts';

const pluginUnreadable = defineError('HOST_PLUGIN_UNREADABLE', 'input', 'The folder of components cannot be read.');
const pluginFailed = defineError('HOST_PLUGIN_FAILED', 'input', 'A component file could not be loaded.');
const pluginInvalid = defineError('HOST_PLUGIN_INVALID', 'input', 'A component is not declared as it must be.');
const pluginContract = defineError('HOST_PLUGIN_CONTRACT', 'input', 'The contract of a component is not valid.');

const isSource = (name: string): boolean => /\.(ts|js|mjs)$/.test(name) && !/\.(test|d)\.(ts|js|mjs)$/.test(name);

/**
 * Loads the component kinds of a folder: every source file directly in it that exports what `defineComponent` made.
 *
 * @param known components whose kinds are taken already; being one of them, as when a folder is loaded twice, is no fault.
 * @throws HOST_PLUGIN_UNREADABLE, HOST_PLUGIN_FAILED, HOST_PLUGIN_INVALID, HOST_PLUGIN_CONTRACT, HOST_KIND_TAKEN, each naming the file
 * and what is wrong with it.
 */
export async function loadComponents(folder: string, known: readonly AnyComponent[] = []): Promise<readonly AnyComponent[]> {
  openPluginImports();
  const owners = new Map(known.map((component) => [component.spec.kind, component]));
  const found = new Set<AnyComponent>();
  for (const name of await sourcesIn(folder)) {
    const file = join(folder, name);
    for (const component of await componentsOf(file)) {
      const { kind } = component.spec;
      if ((owners.get(kind) ?? component) !== component) {
        const detail = `The component file ${file} declares ${kind}, a kind that another component has already.`;
        throw kindTaken({ detail, facts: { file, kind } });
      }
      owners.set(kind, component);
      found.add(component);
    }
  }
  return [...found];
}

/** The given components and those of the folders; a folder that is named twice counts once. Throws what `loadComponents` throws. */
export async function loadCatalog(known: readonly AnyComponent[], folders: readonly string[]): Promise<Catalog> {
  let all = known;
  for (const folder of new Set(folders.map((folder) => resolve(folder)))) all = [...all, ...(await loadComponents(folder, all))];
  return createCatalog(all);
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
  for (const component of components) {
    refuseBadSpec(component, file);
    refuseBadContract(component, file);
  }
  return components;
}

function isComponent(value: unknown): value is AnyComponent {
  const candidate = value as Partial<AnyComponent> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.run === 'function' &&
    typeof candidate.contractOf === 'function' &&
    typeof candidate.spec?.kind === 'string'
  );
}

// The words of a component are answers of the API, so they have the form of the API; plain JavaScript could give any other.
function refuseBadSpec({ spec }: AnyComponent, file: string): void {
  const [fault] = [...faultsOf(ComponentSpec, spec), ...faultsOf(Type.Object({ kind: Node.properties.kind }), spec)];
  const isObject = (spec.settings as { type?: unknown } | null)?.type === 'object';
  if (fault === undefined && isObject) return;
  const { pointer, message } = fault ?? { pointer: '/settings', message: 'must be a Type.Object' };
  const detail = `${spec.kind} (${file}) is not declared as it must be: ${pointer.slice(1)} ${message}.`;
  throw pluginInvalid({ detail, pointer, facts: { file, kind: spec.kind } });
}

function refuseBadContract({ spec, contractOf }: AnyComponent, file: string): void {
  const arity: Arity = Object.fromEntries(Object.keys(spec.ports).map((port) => [port, 1]));
  const [fault] = contractFaults(contractOf({}, arity), spec.ports);
  if (fault === undefined) return;
  const facts = { file, kind: spec.kind };
  throw pluginContract({ detail: `The contract of ${spec.kind} (${file}) is not valid: ${fault.message}`, facts });
}
