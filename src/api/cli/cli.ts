import type { CheckOptions } from '#app/checks/check-file.ts';
import { type TextFormat, textFormats } from '#app/designs/design-as-text.ts';
import type { FileCommands } from '#app/files/file-commands.ts';
import type { RunOptions, RunReport } from '#app/sessions/run-body.ts';
import { CodedError, messageOf } from '#base/errors.ts';
import { checkQuestions } from '#model/checks/check-job.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec } from '#model/component.ts';
import { nearest } from '#model/nearest.ts';
import { asJson, type Call, type CliWorld, readCall } from './call.ts';
import { diff, gitSetup, merge } from './file-merge.ts';
import { explorationText, forcedText, replayText, reportText } from './report.ts';
import { checkedText, validationText } from './text.ts';
import { type CommandName, commands, helpText, isCommand } from './usage.ts';
import { UsageFault } from './usage-fault.ts';
import { verifyLog } from './verify-log.ts';

/**
 * Runs one command.
 *
 * @returns the exit code: 0 all well, 1 a finding, a failed or stuck run, 2 wrong usage or unreadable input, 130 interrupted.
 */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<number> {
  try {
    return await dispatch(argv, world);
  } catch (thrown) {
    if (thrown instanceof UsageFault) world.err(`csp: ${thrown.message}\nSee csp --help.\n`);
    else if (thrown instanceof CodedError) world.err(`csp: ${thrown.message}\n`);
    else world.err(`csp: this should not have happened: ${messageOf(thrown)}\n`);
    return thrown instanceof UsageFault || (thrown instanceof CodedError && thrown.blame === 'input') ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], world: CliWorld): Promise<number> {
  const [word = 'help', ...rest] = argv;
  if (word === 'help' || word === '--help' || word === '-h' || rest.includes('--help') || rest.includes('-h')) {
    world.out(helpText(world.environment));
    return 0;
  }
  if (word === '--version' || word === '-v') {
    world.out(`${world.version}\n`);
    return 0;
  }
  if (!isCommand(word)) {
    const meant = nearest(word, Object.keys(commands));
    throw new UsageFault(`there is no command ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }
  return await handlers[word](readCall(word, rest, world));
}

const handlers: Readonly<Record<CommandName, (call: Call) => Promise<number>>> = {
  serve,
  check,
  run,
  export: exportDesign,
  components,
  diff,
  merge,
  'git-setup': gitSetup,
  'verify-log': verifyLog,
};

function onlyFile(call: Call, command: CommandName): string {
  const [file, extra] = call.words;
  if (file === undefined) throw new UsageFault(`which file? ${commands[command].usage}`);
  if (extra !== undefined) throw new UsageFault(`one file at a time; what is ${extra}?`);
  return file;
}

function wholeNumber(call: Call, name: string): number | undefined {
  const text = call.text(name);
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,12}$/.test(text)) throw new UsageFault(`--${name} is a whole number, not ${text}`);
  return Number(text);
}

async function serve(call: Call): Promise<number> {
  if (call.words.length > 0) throw new UsageFault(`serve takes no file; what is ${call.words[0]}?`);
  const given = Object.entries({ port: call.text('port'), host: call.text('host'), data: call.text('data') });
  const set = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return await call.world.serve({ ...set, components: call.texts('components') });
}

async function check(call: Call): Promise<number> {
  const file = onlyFile(call, 'check');
  const { world } = call;
  const files = await world.open(call.texts('components'), file);
  const against = call.text('against');
  const idle = idleOption(call, against !== undefined);
  if (idle !== undefined) throw new UsageFault(idle);
  if (against !== undefined) return await checkAgainst(call, files, file, against);
  if (call.flag('deterministic')) return await checkDeterminism(call, files, file);
  const checked = await files.check(file, checkOptions(call)).catch((thrown: unknown) => {
    if (world.signal.aborted) return undefined;
    throw thrown;
  });
  if (checked === undefined) return 130;
  world.out(call.flag('json') ? asJson(checked) : checkedText(file, checked));
  return checked.verdict === 'proved' ? 0 : 1;
}

function checkOptions(call: Call): CheckOptions {
  const engine = call.text('engine');
  const maxStates = wholeNumber(call, 'max-states');
  const seconds = wholeNumber(call, 'seconds');
  return {
    count: call.flag('count'),
    terms: checkTerms(call),
    ...onlyOf(call),
    ...(engine !== undefined && { engine }),
    ...(maxStates !== undefined && { maxStates }),
    ...(seconds !== undefined && { seconds }),
  };
}

function checkTerms(call: Call): NonNullable<CheckOptions['terms']> {
  const given = call.text('environment');
  const environment = (['ready', 'may-refuse'] as const).find((one) => one === given);
  if (given !== undefined && environment === undefined)
    throw new UsageFault(`--environment is ready or may-refuse, not ${given}`);
  const progress = listOf(call, 'progress');
  return { ...(environment !== undefined && { environment }), ...(progress !== undefined && { progress }) };
}

// Deadlock is always asked.
function onlyOf(call: Call): Pick<CheckOptions, 'only'> {
  const given = listOf(call, 'only')?.filter((name) => name !== 'deadlock');
  if (given === undefined) return {};
  const only = checkQuestions.filter((name) => given.includes(name));
  const wrong = given.find((name) => !checkQuestions.some((known) => known === name));
  if (wrong !== undefined) throw new UsageFault(`--only has deadlock, ${checkQuestions.join(', ')}; not ${wrong}`);
  return { only };
}

function listOf(call: Call, name: string): string[] | undefined {
  const list = call.text(name)?.split(',');
  if (list?.includes('')) throw new UsageFault(`--${name} is a list such as a,b, not ${call.text(name)}`);
  return list;
}

// What is not asked of one question must not be ignored in silence.
function idleOption(call: Call, against: boolean): string | undefined {
  const given = (...names: string[]): string | undefined =>
    names.find((name) => call.text(name) !== undefined || call.flag(name));
  const deterministic = call.flag('deterministic');
  if (against && deterministic) return '--deterministic does not go with --against';
  const question = against ? '--against' : deterministic ? '--deterministic' : undefined;
  if (question !== undefined) {
    const other = given('max-states', 'count', 'environment', 'progress', 'only') ?? (deterministic ? given('hide') : undefined);
    return other === undefined ? undefined : `--${other} does not go with ${question}`;
  }
  const lost = given('model', 'hide', 'over');
  if (lost === undefined) return undefined;
  return `--${lost} goes with --against${lost === 'hide' ? '' : ' or --deterministic'}`;
}

async function checkDeterminism(call: Call, files: FileCommands, file: string): Promise<number> {
  const given = call.text('model') ?? 'FD';
  const model = (['F', 'FD'] as const).find((one) => one === given);
  if (model === undefined) throw new UsageFault(`--model is F or FD with --deterministic, not ${given}`);
  const over = listOf(call, 'over');
  return tellFinding(call, file, await files.determinism(file, { model, ...(over !== undefined && { over }) }));
}

function tellFinding(call: Call, file: string, finding: Finding): number {
  const { verdict } = finding;
  call.world.out(call.flag('json') ? asJson(finding) : validationText(file, { verdict, findings: [finding] }));
  return verdict === 'proved' ? 0 : 1;
}

async function checkAgainst(call: Call, files: FileCommands, file: string, against: string): Promise<number> {
  const given = call.text('model') ?? 'FD';
  const model = (['T', 'F', 'FD'] as const).find((one) => one === given);
  if (model === undefined) throw new UsageFault(`--model is T, F or FD, not ${given}`);
  const hide = listOf(call, 'hide') ?? [];
  const over = listOf(call, 'over') ?? [];
  return tellFinding(call, file, await files.refine(file, against, { model, hide, over }));
}

async function run(call: Call): Promise<number> {
  const file = onlyFile(call, 'run');
  if (call.text('replay') !== undefined) return await replayDesign(call, file);
  if (call.text('force') !== undefined) return await forceDesign(call, file);
  if (call.flag('explore')) return await exploreDesign(call, file);
  const idle = ['schedules', 'preemptions'].find((name) => call.text(name) !== undefined);
  if (idle !== undefined) throw new UsageFault(`--${idle} goes with --explore`);
  const { world } = call;
  const files = await world.open(call.texts('components'), file);
  const seconds = wholeNumber(call, 'seconds');
  const profile = call.text('profile');
  const report = await files.run(file, {
    inputs: pairs(call, 'input'),
    outputs: pairs(call, 'output'),
    ...(call.text('files') !== undefined && { filesFolder: call.text('files') as string }),
    ...(seconds !== undefined && { seconds }),
    ...seedOf(call),
    ...recordingOf(call),
    ...monitorOf(call),
    ...(profile !== undefined && { profile }),
    out: world.out,
    signal: world.signal,
  });
  world.err(reportText(report, call.flag('times') || profile !== undefined));
  return exitCodeOf(report, world.signal);
}

function monitorOf(call: Call): Pick<RunOptions, 'monitor' | 'violated'> {
  const monitor = call.text('monitor');
  if (monitor === undefined) return {};
  if (monitor !== 'report' && monitor !== 'block') throw new UsageFault('--monitor is report or block');
  if (call.text('record') !== undefined) throw new UsageFault('--monitor does not go with --record');
  return { monitor, violated: ({ message }) => call.world.err(`${message}\n`) };
}

function recordingOf(call: Call): { readonly recording?: string } {
  const recording = call.text('record');
  return recording === undefined ? {} : { recording };
}

function seedOf(call: Call): { readonly seed?: string } {
  const seed = call.text('seed');
  return seed === undefined ? {} : { seed };
}

async function forceDesign(call: Call, file: string): Promise<number> {
  const idle = ['files', 'seconds', 'schedules', 'preemptions', 'record', 'profile'].find(
    (name) => call.text(name) !== undefined,
  );
  const other = idle ?? (call.flag('explore') ? 'explore' : undefined);
  if (other !== undefined) throw new UsageFault(`--${other} does not go with --force, which follows one trace`);
  const [inputs, outputs] = [pairs(call, 'input'), pairs(call, 'output')];
  const files = await call.world.open(call.texts('components'), file);
  const report = await files.force(file, { trace: call.text('force') ?? '', inputs, outputs, seed: call.text('seed') ?? '1' });
  call.world.out(forcedText(report));
  return report.reached ? 0 : 1;
}

async function replayDesign(call: Call, file: string): Promise<number> {
  const idle = ['files', 'seconds', 'schedules', 'preemptions', 'seed', 'record', 'force', 'profile'].find(
    (name) => call.text(name) !== undefined,
  );
  const other = idle ?? (call.flag('explore') ? 'explore' : call.texts('input').length > 0 ? 'input' : undefined);
  if (other !== undefined) throw new UsageFault(`--${other} does not go with --replay, which takes all from the recording`);
  const { world } = call;
  const files = await world.open(call.texts('components'), file);
  const recording = call.text('replay') ?? '';
  const report = await files.replay(file, { recording, outputs: pairs(call, 'output'), out: world.out });
  world.err(replayText(report) + reportText(report, call.flag('times')));
  return report.diverged === undefined && report.stuck === undefined && report.state !== 'failed' ? 0 : 1;
}

async function exploreDesign(call: Call, file: string): Promise<number> {
  const idle = ['files', 'seconds'].find((name) => call.text(name) !== undefined);
  if (idle !== undefined) throw new UsageFault(`--${idle} does not go with --explore, which touches nothing outside`);
  const timed = call.flag('times') ? 'times' : call.text('profile') === undefined ? undefined : 'profile';
  if (timed !== undefined) throw new UsageFault(`--${timed} does not go with --explore, which runs the design many times`);
  const { world } = call;
  const schedules = wholeNumber(call, 'schedules') ?? 1_000;
  const preemptions = wholeNumber(call, 'preemptions') ?? 2;
  const seed = call.text('seed') ?? '1';
  const [inputs, outputs] = [pairs(call, 'input'), pairs(call, 'output')];
  const files = await world.open(call.texts('components'), file);
  const report = await files.explore(file, {
    inputs,
    outputs,
    schedules,
    preemptions,
    seed,
    signal: world.signal,
    ...recordingOf(call),
  });
  world.out(explorationText(report, { preemptions, seed }));
  if (report.found !== undefined) return 1;
  return world.signal.aborted ? 130 : 0;
}

function exitCodeOf(report: RunReport, signal: AbortSignal): number {
  if (report.stuck !== undefined || report.state === 'failed') return 1;
  return signal.aborted ? 130 : 0;
}

// NODE.PORT=FILE, or NODE.PORT[2]=FILE on a many port.
function pairs(call: Call, name: 'input' | 'output'): { node: string; port: string; index: number; file: string }[] {
  return call.texts(name).map((text) => {
    const [, node, port, index, file] = /^([^.=]+)\.([A-Za-z0-9]+)(?:\[(\d{1,3})\])?=(.+)$/.exec(text) ?? [];
    if (node === undefined || port === undefined || file === undefined)
      throw new UsageFault(`--${name} is NODE.PORT=FILE, not ${text}`);
    return { node, port, index: Number(index ?? 0), file };
  });
}

async function exportDesign(call: Call): Promise<number> {
  const file = onlyFile(call, 'export');
  const format = call.text('to');
  if (!isTextFormat(format)) throw new UsageFault(`--to is ${textFormats.join(', ')}, not ${format ?? 'missing'}`);
  const only = call.text('node');
  if (only !== undefined && format !== 'dot') throw new UsageFault('--node goes with --to dot');
  const files = await call.world.open(call.texts('components'), file);
  call.world.out(await files.export(file, format, only));
  return 0;
}

function isTextFormat(format: string | undefined): format is TextFormat {
  return (textFormats as readonly (string | undefined)[]).includes(format);
}

async function components(call: Call): Promise<number> {
  const specs = (await call.world.open(call.texts('components'))).components();
  const [kind, extra] = call.words;
  if (extra !== undefined) throw new UsageFault(`one kind at a time; what is ${extra}?`);
  if (kind === undefined) {
    call.world.out(call.flag('json') ? asJson(specs) : specs.map(lineOf).join(''));
    return 0;
  }
  const spec = specs.find((candidate) => candidate.kind === kind);
  if (spec === undefined) {
    const meant = nearest(
      kind,
      specs.map((known) => known.kind),
    );
    throw new UsageFault(`there is no component kind ${kind}${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }
  call.world.out(call.flag('json') ? asJson(spec) : pageOf(spec));
  return 0;
}

const lineOf = ({ kind, summary }: ComponentSpec): string => `${kind.padEnd(20)}  ${summary}\n`;

function pageOf(spec: ComponentSpec): string {
  const ports = Object.entries(spec.ports).map(([name, { direction, many, optional, description }]) => {
    const marks = [direction, ...(many ? ['many'] : []), ...(optional ? ['optional'] : [])].join(', ');
    return `  ${name.padEnd(12)}${marks.padEnd(22)}${description}\n`;
  });
  const { properties = {} } = spec.settings as { properties?: Record<string, { description?: string; default?: unknown }> };
  const settings = Object.entries(properties).map(
    ([name, { description = '', default: fallback }]) =>
      `  ${name.padEnd(16)}${description}${fallback === undefined ? '' : ` (default ${JSON.stringify(fallback)})`}\n`,
  );
  const contract = spec.contract
    .trim()
    .split('\n')
    .map((line) => `  ${line.trim()}\n`);
  return `${spec.kind}: ${spec.title}\n${spec.summary}\n\nports\n${ports.join('')}\nsettings\n${settings.join('')}\ncontract\n${contract.join('')}`;
}
