// What the scripts say: steps with a reason and a duration, tables, and one-sentence errors.
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : String(text));

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

/** An error whose message is all a person needs: printed without a stack. */
export class Problem extends Error {}

/** Milliseconds as a person says them. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Runs a step that takes time: says what and why before, how long after. */
export async function step(name, why, work) {
  console.log(`${bold('•')} ${bold(name)} ${dim(why)}`);
  const start = performance.now();
  const result = await work();
  console.log(`${green('✓')} ${name} ${dim(duration(performance.now() - start))}`);
  return result;
}

export const note = (text) => console.log(`  ${dim(text)}`);
export const warn = (text) => console.log(`${yellow('!')} ${text}`);

/** A plain table; numbers stand right. `rows` are arrays of strings or numbers. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => visible(row[i]).length)));
  return all
    .map((row, r) =>
      row
        .map((cell, i) => {
          const pad = ' '.repeat(widths[i] - visible(cell).length);
          return r > 0 && typeof rows[r - 1][i] === 'number' ? pad + cell : cell + pad;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

// eslint-disable-next-line no-control-regex
const visible = (text) => text.replace(/\u001b\[\d+m/g, '');

/** Runs a script's main function and turns its failure into a sentence and an exit code. */
export async function main(run) {
  try {
    const code = await run();
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    if (error instanceof Problem) console.error(`${red('✗')} ${error.message}`);
    else console.error(error);
    process.exitCode = 1;
  }
}
