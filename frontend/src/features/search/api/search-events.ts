import { cache } from 'react';
import { api, outcomeOf } from '#lib/api/client.ts';
import { apiQuery, type SearchState } from '../query.ts';

/** What a search found, and how it divides. */
export const searchEvents = cache((state: SearchState) => outcomeOf(api.GET('/v1/search', { params: { query: { ...apiQuery(state), limit: 20 } } })));
