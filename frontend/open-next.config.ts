import { defineCloudflareConfig } from '@opennextjs/cloudflare';

// No incremental cache: every page is rendered from one cached read of a Worker, which is where freshness is decided.
export default {
  ...defineCloudflareConfig({}),
  buildCommand: 'next build',
};
