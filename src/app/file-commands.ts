import type { Clock } from '#base/clock.ts';
import type { Catalog } from '#host/catalog.ts';
import type { LocalOrder, SessionHost } from '#host/session-host.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import type { Validation } from '#model/finding.ts';
import type { TextFormat } from './design-as-text.ts';
import { readDesign } from './design-file.ts';
import { type RunOptions, type RunReport, runBody } from './run-body.ts';

/** What can be done with a design file where no server runs. Each reads the file with `readDesign` and throws what that throws. */
export interface FileCommands {
  check(file: string, maxStates?: number): Promise<Validation>;
  run(file: string, options: RunOptions): Promise<RunReport>;
  export(file: string, format: TextFormat): Promise<string>;
  components(): readonly ComponentSpec[];
}

export interface FileParts {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly validate: (body: DesignBody, maxStates?: number) => Promise<Validation>;
  readonly cspm: (body: DesignBody) => string;
  /** A host whose components see the files of this folder only. */
  readonly hostAt: (filesFolder: string) => SessionHost<LocalOrder>;
}

/** Binds the file commands to a catalogue. */
export function createFileCommands(parts: FileParts): FileCommands {
  return {
    check: async (file, maxStates) => await parts.validate(await readDesign(file, parts.catalog), maxStates),
    run: async (file, options) => await runBody(parts, file, await readDesign(file, parts.catalog), options),
    async export(file, format) {
      const body = await readDesign(file, parts.catalog);
      return format === 'json' ? writeDesignText(body) : parts.cspm(body);
    },
    components: () => parts.catalog.list(),
  };
}
