/** Comma-separated lines as the recorded histories have them: quotes and doubled quotes, no line breaks inside a field. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

export function fields(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const found: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const char = line.charAt(i);
    if (char === '"' && quoted && line.charAt(i + 1) === '"') {
      field += '"';
      i += 1;
    } else if (char === '"') {
      quoted = !quoted;
    } else if (char === "," && !quoted) {
      found.push(field);
      field = "";
    } else {
      field += char;
    }
  }
  found.push(field);
  return found;
}

/** Rows as objects by the names of the first line, read line by line. */
export async function* rows(path: string): AsyncGenerator<Record<string, string>> {
  let names: string[] | undefined;
  for await (const line of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
    if (line === "") continue;
    const values = fields(line);
    if (!names) {
      names = values.map((name) => name.replace(/^\uFEFF/, "").trim());
      continue;
    }
    yield Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
  }
}

/** Dollars as text to cents, without a float on the way; `null` for an empty or odd field and for 0, which means "unknown". */
export function cents(text: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return null;
  const fraction = (match[2] ?? "").padEnd(3, "0");
  const minor = Number(match[1]) * 100 + Number(fraction.slice(0, 2)) + (fraction.charAt(2) >= "5" ? 1 : 0);
  return minor > 0 ? minor : null;
}
