/** The frame of every page: plain HTML, no script but where a page says so, readable on a phone, dark and light. */

export type Html = { readonly html: string };

export function raw(text: string): Html {
  return { html: text };
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Markup with its values escaped; nested markup and lists of it pass as they are. */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | number | null | Html | readonly Html[])[]): Html {
  const inner = (value: (typeof values)[number]): string => {
    if (value === null) return "";
    if (typeof value === "string" || typeof value === "number") return escape(String(value));
    return "html" in value ? value.html : value.map((one) => one.html).join("");
  };
  return raw(parts.reduce((text, part, index) => text + part + (index < values.length ? inner(values[index] ?? null) : ""), ""));
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16211d; --soft: #5a6a64; --paper: #f6f4ee; --card: #fffdf8; --line: #ddd8cc; --accent: #9c2f1f; --note: #fff3cd; --note-ink: #5c4400; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8de; --soft: #a3aea8; --paper: #141a18; --card: #1c2421; --line: #33403b; --accent: #ff9a85; --note: #3a2f0b; --note-ink: #ffe08a; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main, header, footer { max-width: 46rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; text-wrap: balance; }
h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
nav a { display: inline-block; padding: .5rem .75rem .5rem 0; }
.note { background: var(--note); color: var(--note-ink); border-radius: .5rem; padding: .6rem .9rem; margin: 1rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: 1rem 0; }
.meta { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .75rem 0 0; }
iframe { width: 100%; height: 18rem; resize: vertical; border: 1px solid var(--line); border-radius: .5rem; background: #fff; margin-top: .75rem; }
button, .button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: .5rem; border: 1px solid var(--accent); background: var(--accent); color: var(--card); cursor: pointer; text-decoration: none; display: inline-block; }
button.quiet, .button.quiet { background: transparent; color: var(--accent); }
form { display: inline-block; margin: .75rem .5rem 0 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
details summary { cursor: pointer; padding: .4rem 0; }
footer { padding-bottom: 2rem; color: var(--soft); font-size: .9rem; }
`;

export interface PageOptions {
  readonly title: string;
  /** The sentence that says what is not real here. */
  readonly note: string;
  readonly body: Html;
  /** Markup for the head, such as a refresh. */
  readonly head?: Html;
}

export function page({ title, note, body, head }: PageOptions): Html {
  return markup`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${raw(STYLE)}</style>${head ?? null}</head>
<body>
<header><h1>${title}</h1><p class="note" role="note">${note}</p></header>
<main>${body}</main>
<footer><nav aria-label="Sandbox"><a href="/">Sandbox</a> <a href="/inbox">Inbox</a> <a href="/control/world">World</a> <a href="/control/requests">Requests</a> <a href="/control/replay">Replay</a></nav></footer>
</body>
</html>`;
}

export function html(content: Html, status = 200): Response {
  return new Response(content.html, { status, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } });
}
