'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { paths } from '#config/paths.ts';
import styles from './filters.module.css';

/**
 * Asks the browser where we are and searches from there. Two decimal places are a kilometre: enough for a search, and all
 * that leaves the browser.
 */
export function NearMe({ keep }: { keep: readonly (readonly [string, string])[] }) {
  const router = useRouter();
  const [trouble, setTrouble] = useState<string>();
  const [isAsking, setAsking] = useState(false);

  function ask() {
    if (!('geolocation' in navigator)) return setTrouble('This browser cannot say where you are. Write a city instead.');
    setAsking(true);
    setTrouble(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setAsking(false);
        const near = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
        router.push(paths.search([...keep, ['near', near], ['km', '50']]));
      },
      ({ code }) => {
        setAsking(false);
        setTrouble(code === 1 ? 'You did not allow it; nothing was sent. Write a city instead.' : 'The browser could not find out where you are. Write a city instead.');
      },
      { timeout: 10_000, maximumAge: 600_000 },
    );
  }

  return (
    <div className="needs-script">
      <button type="button" className={styles.quiet} onClick={ask} aria-disabled={isAsking}>
        {isAsking ? 'Finding you…' : 'Events near me'}
      </button>
      <p role="status" className={styles.hint}>
        {trouble ?? ''}
      </p>
    </div>
  );
}
