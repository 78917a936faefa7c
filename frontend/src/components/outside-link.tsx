import { marketName } from '#lib/markets.ts';
import { safeOutsideUrl } from '#lib/outside-url.ts';

/** The way to a market's own page; nothing where it gave no address that can be followed. */
export function OutsideLink({ market, url, className, children }: { market: string; url: string | null | undefined; className?: string | undefined; children?: React.ReactNode }) {
  const safe = safeOutsideUrl(url);
  if (safe === undefined) return null;
  return (
    <a className={className} href={safe} rel="external noopener nofollow">
      {children ?? `Go to ${marketName(market)}`} <span aria-hidden="true">↗</span>
    </a>
  );
}
