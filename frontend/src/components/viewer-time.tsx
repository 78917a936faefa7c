'use client';

import { useSyncExternalStore } from 'react';
import { formatInstant, zoneName } from '#lib/time.ts';

const never = () => () => undefined;
const viewerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const serverZone = () => 'UTC';

/** An instant on the viewer's own clock; before any script runs, in UTC. */
export function ViewerTime({ instant }: { instant: string }) {
  const zone = useSyncExternalStore(never, viewerZone, serverZone);
  const epochMs = Date.parse(instant);
  return (
    <time dateTime={instant}>
      {formatInstant(epochMs, zone)} {zoneName(epochMs, zone)}
    </time>
  );
}
