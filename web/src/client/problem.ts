/** What a server says when it refuses (RFC 9457), with the facts it adds. */
export interface ProblemDetails {
  readonly type?: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code?: string;
  readonly pointer?: string;
  readonly [fact: string]: unknown;
}

/** The server answered, and the answer is no. */
export class Refused extends Error {
  readonly problem: ProblemDetails;
  constructor(problem: ProblemDetails) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
  /** True when asking again later may help. */
  get mayPass(): boolean {
    return this.problem.status >= 500 || this.problem.status === 408 || this.problem.status === 429;
  }
}

/** No answer came. What was asked may or may not have happened. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached.');
  }
}

/** The problem of a refusing response and its body, which may be anything. */
export function problemOf(response: Response, body: unknown): ProblemDetails {
  const fallback = { title: response.statusText || 'The request failed', status: response.status };
  return typeof body === 'object' && body !== null ? { ...fallback, ...body } : fallback;
}

/** What went wrong, in one line for a person. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
