import { getCloudflareContext } from '@opennextjs/cloudflare';
import { headers } from 'next/headers';
export default async function Home() {
  await headers();
  const r = await (getCloudflareContext().env as any).AGGREGATOR.fetch('http://aggregator/v1/events');
  return <p>hi {await r.text()}</p>;
}
