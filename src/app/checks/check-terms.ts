import { progressUnknown } from '#app/app-errors.ts';
import type { CheckTerms } from '#model/checks/check-job.ts';
import type { DesignBody } from '#model/design.ts';

/** V124  Sees to it that what is marked as progress is there. Throws APP_PROGRESS_UNKNOWN with the pointer `/progress/<number>`. */
export function checkTerms({ nodes }: Pick<DesignBody, 'nodes'>, { progress = [] }: CheckTerms): void {
  const ids = Object.keys(nodes);
  for (const [number, mark] of progress.entries()) {
    if (Object.hasOwn(nodes, mark) || ids.some((id) => id.startsWith(`${mark}/`))) continue;
    throw progressUnknown({
      detail: `There is no node ${mark} in the design, which was to be marked as progress.`,
      pointer: `/progress/${number}`,
      facts: { node: mark },
    });
  }
}
