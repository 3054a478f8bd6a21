import type { LocalOrder, SessionHost } from '#host/session-host.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import type { Validation } from '#model/finding.ts';
import type { ForcedReport } from '#model/forced.ts';
import type { TextFormat } from './design-as-text.ts';
import { readDesign } from './design-file.ts';
import { type ExploreOptions, type ExploreReport, exploreBody } from './explore-body.ts';
import { type ForceOptions, forceBody } from './force-body.ts';
import { profiled } from './profiled.ts';
import { type RecordParts, type ReplayOptions, recordBody, replayBody } from './record-body.ts';
import { type ReplayReport, type RunOptions, type RunReport, runBody } from './run-body.ts';

/** What can be done with a design file where no server runs. Each reads the file with `readDesign` and throws what that throws. */
export interface FileCommands {
  check(file: string, maxStates?: number): Promise<Validation>;
  /** With `recording` what enters the run is written there, with `profile` who spent the processor. */
  run(file: string, options: RunOptions & { readonly recording?: string; readonly profile?: string }): Promise<RunReport>;
  replay(file: string, options: ReplayOptions): Promise<ReplayReport>;
  explore(file: string, options: ExploreOptions): Promise<ExploreReport>;
  /** Runs the components along a trace of a check. */
  force(file: string, options: ForceOptions): Promise<ForcedReport>;
  export(file: string, format: TextFormat): Promise<string>;
  components(): readonly ComponentSpec[];
}

export interface FileParts extends RecordParts {
  readonly validate: (body: DesignBody, maxStates?: number) => Promise<Validation>;
  readonly cspm: (body: DesignBody) => string;
  /** A host whose components see the files of this folder only. */
  readonly hostAt: (filesFolder: string) => SessionHost<LocalOrder>;
}

/** Binds the file commands to a catalogue. */
export function createFileCommands(parts: FileParts): FileCommands {
  return {
    check: async (file, maxStates) => await parts.validate(await readDesign(file, parts.catalog), maxStates),
    async run(file, options) {
      const body = await readDesign(file, parts.catalog);
      const { recording, profile } = options;
      const run = (): Promise<RunReport> =>
        recording === undefined ? runBody(parts, file, body, options) : recordBody(parts, file, body, { ...options, recording });
      return profile === undefined ? await run() : await profiled(profile, run);
    },
    replay: async (file, options) => await replayBody(parts, await readDesign(file, parts.catalog), options),
    explore: async (file, options) => await exploreBody(parts, await readDesign(file, parts.catalog), options),
    force: async (file, options) => await forceBody(parts, await readDesign(file, parts.catalog), options),
    async export(file, format) {
      const body = await readDesign(file, parts.catalog);
      return format === 'json' ? writeDesignText(body) : parts.cspm(body);
    },
    components: () => parts.catalog.list(),
  };
}
