/** Identifiers for other languages: what is no letter or digit becomes `_`, and two that then look alike are told apart. */
export function identifiersOf(ids: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return ids.map((id) => {
    const plain = id.replaceAll(/[^A-Za-z0-9]/g, '_');
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}__${number}`;
    taken.add(name);
    return name;
  });
}

/** The text without line ends, so that it cannot leave a comment to the end of the line. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
