/** The inbox of development as a page. A mail's HTML stands in a sandboxed frame: its scripts do not run, its links open outside. */

import type { Message } from "../standins/inbox.ts";
import { markup, page, raw, type Html } from "./page.ts";

/** Looks every two seconds whether something new came and then swaps the list, so an open mail is not pulled from under a reader. */
const REFRESH = raw(`<script>
let newest = document.querySelector("[data-message]")?.dataset.message ?? "";
setInterval(async () => {
  try {
    const list = await (await fetch("/inbox.json?limit=1" + (location.search ? "&" + location.search.slice(1) : ""))).json();
    const now = list.messages[0]?.id ?? "";
    if (now === newest) return;
    const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
    newest = now;
  } catch { /* The sandbox is restarting; the next look will find it. */ }
}, 2000);
</script>
<noscript><meta http-equiv="refresh" content="5"></noscript>`);

export function inboxPage(messages: readonly Message[], to: string | undefined, note: string): Html {
  const heading = to ? `Inbox of ${to}` : "Inbox";
  const body = messages.length === 0 ? emptyState(to) : markup`<p class="meta" aria-live="polite">${messages.length} message${messages.length === 1 ? "" : "s"}, newest first</p>${messages.map(card)}`;
  return page({ title: heading, note, body, head: REFRESH });
}

function emptyState(to: string | undefined): Html {
  return markup`<section class="card"><h2>Nothing here yet${to ? ` for ${to}` : ""}</h2>
<p>Every e-mail and SMS that the product sends ends up on this page instead of leaving this machine. To see one: sign up on the site, open an event, choose “alert me” with a price a little under today's, and wait for the market to fall. The page looks for new messages by itself.</p></section>`;
}

function card(message: Message): Html {
  const kind = message.kind === "email" ? "E-mail" : "SMS";
  const title = message.subject ?? `SMS to ${message.to.join(", ")}`;
  const iso = new Date(message.at_ms).toISOString();
  const frame = `<base target="_blank">${message.html ?? ""}`;
  const headers = Object.entries(message.headers);
  return markup`<article class="card" data-message="${message.id}" aria-label="${kind}: ${title}">
<h2>${title}</h2>
<p class="meta">${kind} to ${message.to.join(", ")} from ${message.from} · <time datetime="${iso}">${iso.replace("T", " ").slice(0, 19)} UTC</time></p>
${
  message.html === null
    ? markup`<pre>${message.text ?? ""}</pre>`
    : markup`<iframe title="${title}" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" srcdoc="${frame}"></iframe>${
        message.text === null ? null : markup`<details><summary>As plain text</summary><pre>${message.text}</pre></details>`
      }`
}
${headers.length === 0 ? null : markup`<details><summary>Headers</summary><pre>${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}</pre></details>`}
</article>`;
}
