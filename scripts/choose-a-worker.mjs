// The build command of the root wrangler.toml, which owns the D1 migrations and must never deploy anything.
console.error('Choose a worker: wrangler deploy -c workers/<name>/wrangler.toml. The root wrangler.toml owns the D1 migrations only.');
process.exit(1);
