/** Something made from the sources and kept in the repository, so that it can be read without running anything. */
export interface Artefact {
  readonly name: string;
  /** The files it consists of, as paths from the root; one ending with `/` is a folder that holds nothing else. */
  readonly owns: readonly string[];
  /** The text of every file, by path from the root. The result depends on the sources alone. */
  make(root: string): Promise<ReadonlyMap<string, string>>;
}

/** One file of an artefact that is not what it should be; `text` is what it should be, undefined when it should not be. */
export interface Stale {
  readonly path: string;
  readonly text: string | undefined;
}

const owned = (owns: readonly string[], path: string): boolean =>
  owns.some((own) => (own.endsWith('/') ? path.startsWith(own) : path === own));

/**
 * Which files differ from what was made: changed, missing, or left over in a folder the artefact owns.
 *
 * @param present the files there are now, by path, at least those the artefact owns.
 */
export function staleFiles(artefact: Artefact, made: ReadonlyMap<string, string>, present: ReadonlyMap<string, string>): Stale[] {
  const stranger = [...made.keys()].find((path) => !owned(artefact.owns, path));
  if (stranger !== undefined) throw new Error(`${artefact.name} made ${stranger}, which it does not own`);
  const changed = [...made].filter(([path, text]) => present.get(path) !== text).map(([path, text]) => ({ path, text }));
  const leftOver = [...present.keys()].filter((path) => owned(artefact.owns, path) && !made.has(path));
  return [...changed, ...leftOver.map((path) => ({ path, text: undefined }))];
}
