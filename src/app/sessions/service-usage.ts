import type { Caller, Work } from '#app/parts.ts';
import type { ServiceUsage } from '#model/sessions/service.ts';

/** The services outside that sessions asked for lately: what is under way there, what waits, what was refused. By name. */
export function serviceUsage({ services }: Work, _caller: Caller): readonly ServiceUsage[] {
  return services.usage().sort((a, b) => (a.service < b.service ? -1 : 1));
}
