'use client';

import Link, { useLinkStatus } from 'next/link';
import type { ComponentProps } from 'react';
import styles from './site-link.module.css';

/**
 * A link within the site. Pages are rendered on demand from live prices, so nothing is fetched before someone asks;
 * while the next page is on its way, a bar at the top of the window says so.
 */
export function SiteLink({ children, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link prefetch={false} {...rest}>
      {children}
      <Progress />
    </Link>
  );
}

function Progress() {
  const { pending } = useLinkStatus();
  return pending ? <span className={styles.progress} aria-hidden="true" /> : null;
}
