import { askDeterminismOfFile } from '#app/checks/ask-determinism.ts';
import { type CheckedFile, type CheckFileParts, type CheckOptions, checkFile } from '#app/checks/check-file.ts';
import { refineFile } from '#app/checks/refine-file.ts';
import type { TextFormat } from '#app/designs/design-as-text.ts';
import { expanded } from '#app/designs/whole-design.ts';
import type { AppParts } from '#app/parts.ts';
import { type ExploreOptions, type ExploreReport, exploreBody } from '#app/sessions/explore-body.ts';
import { type ForceOptions, forceBody } from '#app/sessions/force-body.ts';
import { profiled } from '#app/sessions/profiled.ts';
import { type RecordParts, type ReplayOptions, recordBody, replayBody } from '#app/sessions/record-body.ts';
import { type ReplayReport, type RunOptions, type RunReport, runBody } from '#app/sessions/run-body.ts';
import type { RefineOptions } from '#contract/check/refine/design.ts';
import type { DeterminismOptions } from '#contract/check/refine/determinism.ts';
import type { SessionHost } from '#host/sessions/session-host.ts';
import type { LocalOrder } from '#host/sessions/session-order.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import type { WholeDesign } from '#model/expand.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import { exportFile } from './export-file.ts';
import { readWithParts } from './file-parts.ts';
import { type MergedFiles, type MergeFiles, mergeFiles } from './merge-files.ts';

/** What can be done with a file where no server runs. Each reads the file and throws what `readDesign` throws. */
export interface FileCommands {
  check(file: string, options?: CheckOptions): Promise<CheckedFile>;
  /** Holds the design against a specification: a file with a contract text or with a design. Throws APP_SPECIFICATION_INVALID, APP_DESIGN_NOT_READY. */
  refine(file: string, against: string, options: RefineOptions): Promise<Finding>;
  /** Whether the design is deterministic. Throws APP_DETERMINISM_INVALID, APP_DESIGN_NOT_READY. */
  determinism(file: string, options: DeterminismOptions): Promise<Finding>;
  /** With `recording` what enters the run is written there, with `profile` who spent the processor. */
  run(file: string, options: RunOptions & { readonly recording?: string; readonly profile?: string }): Promise<RunReport>;
  replay(file: string, options: ReplayOptions): Promise<ReplayReport>;
  explore(file: string, options: ExploreOptions): Promise<ExploreReport>;
  /** Runs the components along a trace of a check. */
  force(file: string, options: ForceOptions): Promise<ForcedReport>;
  /** With `only`, and to dot, the contract of this node, or this component. */
  export(file: string, format: TextFormat, only?: string): Promise<string>;
  components(): readonly ComponentSpec[];
  /** Merges three design files; also those with kinds that are not known. */
  merge(files: MergeFiles): Promise<MergedFiles>;
}

export interface FileParts extends RecordParts, CheckFileParts {
  readonly refine: AppParts['refine'];
  readonly determinism: AppParts['determinism'];
  readonly cspm: (body: DesignBody) => string;
  /** A host whose components see the files of this folder only. */
  readonly hostAt: (filesFolder: string) => SessionHost<LocalOrder>;
}

/** Binds the file commands to a catalogue. */
export function createFileCommands(parts: FileParts): FileCommands {
  const read = (file: string): Promise<WholeDesign> => readWithParts(file, parts.catalog);
  return {
    refine: async (file, against, options) => await refineFile(parts, await read(file), against, options),
    determinism: async (file, options) => await askDeterminismOfFile(parts, await read(file), options),
    check: async (file, options) => await checkFile(parts, file, options),
    async run(file, options) {
      const whole = await read(file);
      const { recording, profile } = options;
      const run = (): Promise<RunReport> =>
        recording === undefined
          ? runBody(parts, file, expanded(whole, parts.catalog), options)
          : recordBody(parts, file, whole, { ...options, recording });
      return profile === undefined ? await run() : await profiled(profile, run);
    },
    replay: async (file, options) => await replayBody(parts, await read(file), options),
    explore: async (file, options) => await exploreBody(parts, await read(file), options),
    force: async (file, options) => await forceBody(parts, await read(file), options),
    export: async (file, format, only) => await exportFile(parts, file, format, only),
    components: () => parts.catalog.list(),
    merge: async (files) => await mergeFiles(parts.catalog, files),
  };
}
