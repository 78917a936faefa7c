import pages from '../../.open-next/worker.js';
import { openFrontDoor, type SiteBindings } from './front-door.ts';

/** Set by the build: the commit, or "development". */
declare const SITE_VERSION: string;

export default {
  fetch(request: Request, env: SiteBindings, context: unknown): Promise<Response> {
    return openFrontDoor(request, env, context, pages, SITE_VERSION);
  },
};
