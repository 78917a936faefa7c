/** One value of a form or query that the API does not accept. */
export interface FieldProblem {
  readonly field: string;
  readonly detail: string;
}

/** Why a call did not do what was asked: the API's own answer, or what stood in its place. */
export interface Problem {
  readonly status: number;
  /** The API's stable code; `unreachable` if nothing answered in time, `unreadable` if it was not the API's form. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly errors: readonly FieldProblem[];
}

/** What a call came to. Callers decide what a problem means on their page; nothing is thrown. */
export type Outcome<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly problem: Problem };

/** Nothing answered in time. */
export function unreachable(requestId: string | undefined): Problem {
  return {
    status: 503,
    code: 'unreachable',
    title: 'No answer',
    detail: 'The service did not answer in time. Please try again in a moment.',
    requestId,
    errors: [],
  };
}

/** Reads a problem+json body; anything else becomes `unreadable`, with the status that came. */
export function readProblem(status: number, body: unknown, requestId: string | undefined): Problem {
  const given: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const text = (name: string, otherwise: string) => (typeof given[name] === 'string' ? given[name] : otherwise);
  return {
    status,
    code: text('code', 'unreadable'),
    title: text('title', 'Something went wrong'),
    detail: text('detail', 'The answer could not be read. Please try again in a moment.'),
    requestId: typeof given['request_id'] === 'string' ? given['request_id'] : requestId,
    errors: Array.isArray(given['errors']) ? given['errors'].filter(isFieldProblem) : [],
  };
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'field' in value && 'detail' in value
    && typeof value.field === 'string' && typeof value.detail === 'string';
}
