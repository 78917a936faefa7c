import type { MetadataRoute } from 'next';

/** Personal pages and pages reached by a token are nobody's to index. */
export default function robots(): MetadataRoute.Robots {
  return { rules: { userAgent: '*', disallow: ['/account', '/alerts', '/operator/', '/session/', '/stop/', '/verify'] } };
}
