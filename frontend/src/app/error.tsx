'use client';

import { useEffect, useState } from 'react';
import styles from '#components/submit-button.module.css';

/** What a page shows when it broke while it was made. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const [requestId, setRequestId] = useState<string>();
  useEffect(() => setRequestId(document.documentElement.dataset['requestId']), []);
  return (
    <div className="wrap page stack" role="alert">
      <h1>This page broke on our side</h1>
      <p>Nothing you did was lost that was already confirmed. Try again; if it stays broken, tell us the figures below.</p>
      <p>
        <button type="button" className={styles.button} data-tone="primary" onClick={reset}>
          Try again
        </button>
      </p>
      <p className="small muted">
        {requestId === undefined ? null : <code>{requestId}</code>} {error.digest === undefined ? null : <code>{error.digest}</code>}
      </p>
    </div>
  );
}
