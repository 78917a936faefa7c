import { cache } from 'react';
import { api, outcomeOf } from '#lib/api/client.ts';

/** How each market is being read, and how well; read once for a page and its banner. */
export const listSources = cache(() => outcomeOf(api.GET('/v1/sources')));
