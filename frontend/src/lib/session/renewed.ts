/** Query parameter by which a page knows that its session was renewed on the way to it, and does not ask again. */
export const RENEWED_PARAMETER = 'renewed';
