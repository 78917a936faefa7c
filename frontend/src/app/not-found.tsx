import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { SearchBox } from '#features/search/components/search-box.tsx';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <div className="wrap page stack">
      <h1>There is nothing at this address</h1>
      <p>The event may be over and gone, or the link lost a piece on its way. Search for it, or start from the front.</p>
      <SearchBox />
      <p>
        <SiteLink href={paths.home}>To the front page</SiteLink>
      </p>
    </div>
  );
}
