import { CpuSampling } from '#host/threads/cpu-profile.ts';
import { closeStream, openStream } from './run-body.ts';

/**
 * Samples this thread while something runs in it, and writes who spent the processor as a .cpuprofile.
 *
 * @throws APP_OUTPUT_FAILED, before it runs when the file cannot be written at all; HOST_PROFILE_UNDER_WAY.
 */
export async function profiled<R>(file: string, run: () => Promise<R>): Promise<R> {
  const stream = await openStream(file);
  const sampling = await CpuSampling.start();
  try {
    return await run();
  } finally {
    const { profile } = await sampling.stop(new Map());
    stream.write(JSON.stringify(profile));
    await closeStream(stream, file);
  }
}
