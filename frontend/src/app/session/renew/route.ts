import { NextResponse, type NextRequest } from 'next/server';
import { paths } from '#config/paths.ts';
import { safeReturnTo } from '#lib/return-to.ts';
import { forgetTokens, keepTokens, readTokens } from '#lib/session/cookies.ts';
import { RENEWED_PARAMETER } from '#lib/session/renewed.ts';
import { endsSession } from '#lib/session/renewal.ts';
import { renewTokens } from '#lib/session/renew-tokens.ts';

/** Where a page sends the browser when its access token has run out: renew, keep, go back. */
export async function GET(request: NextRequest): Promise<NextResponse> {
  const returnTo = safeReturnTo(request.nextUrl.searchParams.get('next'));
  const { refresh } = await readTokens();
  if (refresh === undefined) return seeOther(paths.signIn(returnTo));

  const renewed = await renewTokens(refresh);
  if (renewed.ok) {
    await keepTokens(renewed.data);
  } else if (endsSession(renewed.problem)) {
    await forgetTokens();
    return seeOther(paths.signIn(returnTo));
  }
  const target = new URL(returnTo, request.nextUrl);
  target.searchParams.set(RENEWED_PARAMETER, '1');
  return seeOther(target.pathname + target.search + target.hash);
}

/** Relative, so that the answer is right behind whatever host the visitor used. */
function seeOther(location: string): NextResponse {
  return new NextResponse(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
