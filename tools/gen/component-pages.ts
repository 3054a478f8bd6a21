import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { classesOf } from '#contract/check/rules/classes.ts';
import type { AnyComponent, Example } from '#kit/define-component.ts';
import type { ComponentSpec, PortSpec } from '#model/component.ts';
import type { Artefact } from './artefact.ts';
import { declaredComponents } from './catalogue.ts';
import { boundsInWords, itemsOf, type JsonSchema, typeInWords } from './schema-words.ts';

const folder = 'docs/components/';

/** A component with the laws at the head of its file. */
export interface Documented {
  readonly component: Pick<AnyComponent, 'spec' | 'examples' | 'state' | 'restsOf' | 'contractOf'>;
  readonly laws: string | undefined;
  /** From the root, for the link to the source. */
  readonly path: string;
}

/**
 * The laws of a component: the comment right above its declaration, or the one its file begins with; stars removed.
 *
 * @returns undefined when there is neither.
 */
export function lawsOf(text: string, name: string): string | undefined {
  const above = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export const ${name}\\b`).exec(text)?.[1];
  const comment = above ?? /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1];
  if (comment === undefined) return undefined;
  const laws = outdented(comment.replaceAll(/^ *\* ?/gm, ''));
  return laws === '' ? undefined : laws;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** The lines of a contract without the indent of the source they are written in. */
function outdented(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines[0] === '') lines.shift();
  while (lines.at(-1) === '') lines.pop();
  const indent = Math.min(...lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join('\n');
}

function portRow([name, port]: [string, PortSpec]): string[] {
  const channels = `${port.optional ? 0 : 1}${port.many ? ' or more' : port.optional ? ' or 1' : ''}`;
  const sent = typeInWords(port.schema as JsonSchema);
  const message = port.protocol === 'call' ? `${sent}, answered by ${typeInWords((port.reply ?? {}) as JsonSchema)}` : sent;
  return [`\`${name}\``, port.direction, port.protocol, channels, message, port.description];
}

/** One row for every setting, and for the parts of a setting that is an object or a list of them: `columns[].name`. */
function settingRows(schema: JsonSchema, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, setting]) => {
    const path = prefix + name;
    const isRequired = schema.required?.includes(name) === true && setting.default === undefined;
    const fallback = setting.default === undefined ? (isRequired ? 'required' : '') : `\`${JSON.stringify(setting.default)}\``;
    const inner = itemsOf(setting);
    return [
      [`\`${path}\``, typeInWords(setting), fallback, setting.unit ?? '', boundsInWords(setting), setting.description ?? ''],
      ...settingRows(setting, `${path}.`),
      ...(inner === undefined ? [] : settingRows(inner, `${path}[].`)),
    ];
  });
}

function exampleText({ says, settings, given, gives, files }: Example): string {
  const shown = { ...(settings && { settings }), given, gives, ...(files && { files }) };
  return `### ${says.replace(/\.$/, '')}\n\n${fenced('json', JSON.stringify(shown, null, 2))}`;
}

function restText(component: Documented['component']): string {
  const places = component.restsOf({}).map((place) => `\`${place}\``);
  const state = component.state.declared === undefined ? 'It remembers nothing.' : 'It remembers a state.';
  if (places.length === 0) return `${state} It never rests, so a session with it cannot be saved: [rest](../spec/change.md).`;
  return `${state} While it waits at ${places.join(' or ')} it can be saved and begun anew (with default settings): [rest](../spec/change.md).`;
}

function classText(component: Documented['component']): string {
  const classes = classesOf(component);
  if (component.spec.nests === true) return 'It stands for other nodes: what they are counts.';
  if (classes.length === 0) return 'Not known: its contract means nothing.';
  const lines = classes.map(({ name, says }) => `- **${name}**: ${says}`);
  const channels = Object.values(component.spec.ports).some(({ many }) => many)
    ? ' and two channels on each port that takes many'
    : '';
  return `As a process, with default settings${channels} ([V139](../spec/check.md#rules-and-pairs)):\n\n${lines.join('\n')}`;
}

/** The page of one component, all of it from its declaration. */
export function componentPage({ component, laws, path }: Documented): string {
  const { spec, examples } = component;
  const settings = settingRows(spec.settings as JsonSchema);
  return `${[
    `# ${spec.title}`,
    `\`${spec.kind}\` · version ${spec.version} · [source](../../${path})`,
    spec.summary,
    ...(laws === undefined ? [] : ['## Laws', fenced('text', laws)]),
    '## Ports',
    table(['port', 'direction', 'protocol', 'channels', 'message', 'what it is for'], Object.entries(spec.ports).map(portRow)),
    '## Settings',
    settings.length === 0 ? 'None.' : table(['setting', 'type', 'default', 'unit', 'bounds', 'meaning'], settings),
    '## Contract',
    'With default settings and one channel on each port; how to read it: [contract](../spec/contract.md).',
    fenced('text', outdented(spec.contract)),
    '## Class',
    classText(component),
    '## Rest',
    restText(component),
    ...(examples.length === 0 ? [] : ['## Examples', ...examples.map(exampleText)]),
  ].join('\n\n')}\n`;
}

function indexPage(specs: readonly ComponentSpec[]): string {
  const rows = specs.map(({ kind, title, summary }) => [`[\`${kind}\`](${kind}.md)`, title, summary]);
  return `# Components\n\nOne page a kind, made from its declaration by \`npm run gen\`.\n\n${table(['kind', 'title', 'what it does'], rows)}\n`;
}

/** docs/components/: a page for every kind, and the list of them. */
export const componentPages: Artefact = {
  name: 'component pages',
  owns: [folder],
  async make(root) {
    const documented = await Promise.all(
      (await declaredComponents(root)).map(async ({ path, name }): Promise<Documented> => {
        const module: Record<string, AnyComponent> = await import(pathToFileURL(join(root, path)).href);
        const component = module[name];
        if (component === undefined) throw new Error(`${path} exports no ${name}`);
        return { component, path, laws: lawsOf(await readFile(join(root, path), 'utf8'), name) };
      }),
    );
    const pages = documented.map((one) => [`${folder}${one.component.spec.kind}.md`, componentPage(one)] as const);
    return new Map([...pages, [`${folder}README.md`, indexPage(documented.map(({ component }) => component.spec))]]);
  },
};
