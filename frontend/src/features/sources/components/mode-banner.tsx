import { listSources } from '../api/list-sources.ts';
import { labelForSyntheticData } from '../modes.ts';
import styles from './mode-banner.module.css';

/** The line at the top of every page that says when its figures are not real, or when we cannot tell. */
export async function ModeBanner() {
  const sources = await listSources();
  const label = sources.ok
    ? labelForSyntheticData(sources.data.sources.map(({ mode }) => mode))
    : 'We cannot tell right now whether these prices are live.';
  return label === undefined ? null : (
    <div className={styles.banner} role="note">
      <p className="wrap">{label}</p>
    </div>
  );
}
