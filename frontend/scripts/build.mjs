// Builds the Pages output folder: Next.js -> OpenNext Worker -> one bundle behind our front door -> dist/.
// Why this way: docs/adr on Pages; the local runtime and production read the same folder.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = 'wrangler.server.toml';
const env = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  // The tools below are those of the workspace, also when this script is not started by npm.
  PATH: [join(root, '../node_modules/.bin'), process.env.PATH].join(delimiter),
};

/** Runs a tool of the workspace in this folder; its output is shown only when it fails. */
function run(tool, ...args) {
  try {
    execFileSync(tool, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
  } catch (failure) {
    process.stderr.write(`${failure.stdout ?? ''}${failure.stderr ?? ''}\n`);
    process.stderr.write(`The site was not built: "${tool} ${args.join(' ')}" failed (above).\n`);
    process.exit(1);
  }
}

/** The commit being built, for /healthz; a source archive without git has only the package's version. */
function version() {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  }
}

const started = Date.now();
const bundle = join(root, '.open-next/bundle');
const dist = join(root, 'dist');

run('opennextjs-cloudflare', 'build', '--config', server);
run('wrangler', 'deploy', '--dry-run', '--minify', '--outdir', bundle, '--config', server, '--define', `SITE_VERSION:${JSON.stringify(version())}`);

rmSync(dist, { recursive: true, force: true });
cpSync(join(root, '.open-next/assets'), dist, { recursive: true });
rmSync(join(dist, 'BUILD_ID'), { force: true });
mkdirSync(join(dist, '_worker.js'));
cpSync(join(bundle, 'worker.js'), join(dist, '_worker.js/index.js'));

// Files are served as files; only the rest reaches the Worker.
const files = readdirSync(dist).filter((name) => !name.startsWith('_'));
writeFileSync(
  join(dist, '_routes.json'),
  `${JSON.stringify({ version: 1, include: ['/*'], exclude: ['/_next/static/*', ...files.map((name) => (statSync(join(dist, name)).isDirectory() ? `/${name}/*` : `/${name}`))] }, null, 2)}\n`,
);
// Names of built files carry a hash of their content.
writeFileSync(join(dist, '_headers'), '/_next/static/*\n  Cache-Control: public, max-age=31536000, immutable\n  X-Content-Type-Options: nosniff\n');

const worker = readFileSync(join(dist, '_worker.js/index.js'));
const kilobytes = (bytes) => `${Math.round(bytes / 1024)} KB`;
console.log(`site: _worker.js ${kilobytes(worker.length)} (${kilobytes(gzipSync(worker).length)} gzipped), ${((Date.now() - started) / 1000).toFixed(1)} s`);
