import type { LocalOrder, SessionHost } from '#host/session-host.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import { expandWhole, type WholeDesign } from '#model/expand.ts';
import type { Validation } from '#model/finding.ts';
import type { ForcedReport } from '#model/forced.ts';
import { checkScriptText, isScript, type ScriptReport } from './check-script.ts';
import type { TextFormat } from './design-as-text.ts';
import { readDesign, readText } from './design-file.ts';
import { type ExploreOptions, type ExploreReport, exploreBody } from './explore-body.ts';
import { readWithParts } from './file-parts.ts';
import { type ForceOptions, forceBody } from './force-body.ts';
import { profiled } from './profiled.ts';
import { type RecordParts, type ReplayOptions, recordBody, replayBody } from './record-body.ts';
import { type ReplayReport, type RunOptions, type RunReport, runBody } from './run-body.ts';
import { expanded, nestingFindings } from './whole-design.ts';

/** What can be done with a design file where no server runs. Each reads the file with `readDesign` and throws what that throws. */
export interface FileCommands {
  check(file: string, maxStates?: number): Promise<Validation>;
  /** The assertions of a CSPm script, answered; undefined for a file that is none by its name. Throws APP_SCRIPT_INVALID. */
  checkScript(file: string, maxStates?: number): Promise<ScriptReport | undefined>;
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
  const read = (file: string): Promise<WholeDesign> => readWithParts(file, parts.catalog);
  return {
    async check(file, maxStates) {
      const { flat, faults } = expandWhole(await read(file), parts.catalog);
      const findings = nestingFindings(faults);
      return findings.length > 0 ? { verdict: 'refuted', findings } : await parts.validate(flat, maxStates);
    },
    async checkScript(file, maxStates) {
      if (!isScript(file)) return undefined;
      const now = (): number => performance.now();
      return checkScriptText(file, await readText(file), { now, ...(maxStates !== undefined && { maxStates }) });
    },
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
    async export(file, format) {
      if (format === 'json') return writeDesignText(await readDesign(file, parts.catalog));
      return parts.cspm(expanded(await read(file), parts.catalog).flat);
    },
    components: () => parts.catalog.list(),
  };
}
