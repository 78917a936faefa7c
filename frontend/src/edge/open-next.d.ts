/** The Worker that OpenNext writes from the Next.js build; it exists only after that build. */
declare module '*/.open-next/worker.js' {
  import type { PageServer } from '#edge/front-door.ts';

  const worker: PageServer<unknown>;
  export default worker;
}
