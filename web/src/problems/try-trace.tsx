import { useMutation } from '@tanstack/react-query';
import type { Trace } from '#model/checks/finding.ts';
import { forceDesign } from '../client/client.ts';
import { reasonOf } from '../client/problem.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { triedText } from './tried.ts';

/** Runs the components along the trace, on the server, and says whether they get stuck there too. */
export function TryTrace({ trace }: { readonly trace: Trace }) {
  const desk = useDesk();
  const { mutate, data, error, isPending, variables } = useMutation({
    mutationFn: (tried: Trace) => forceDesign(desk.design.state.get().confirmed.id, tried),
  });
  const answered = variables === trace;
  const answer = error !== null ? `Not tried: ${reasonOf(error)}` : data !== undefined ? triedText(data) : '';
  const said = answered ? answer : '';
  return (
    <>
      <p className={`trace-tried${answered && data?.reached === true ? ' reached' : ''}`} role="status" title={said}>
        {said}
      </p>
      <button
        type="button"
        className="button slim"
        disabled={isPending}
        title="Run the components along this trace, without touching the outside"
        onClick={() => mutate(trace)}
      >
        <Icon name="play" size={12} /> {isPending ? 'Trying…' : 'Try it for real'}
      </button>
    </>
  );
}
