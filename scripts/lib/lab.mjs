// The native tool, built when it is first needed.
import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';
import { rustEnv } from './rust.mjs';
import { Problem } from './term.mjs';

/** Runs `lab` with these words; answers the JSON of its last line. */
export const lab = (...words) => started([], words);

/** The same with little priority, beside whatever else runs. */
export const labAside = (...words) => started(process.platform === 'win32' ? [] : ['nice', '-n', '15'], words);

function started(before, words) {
  const [command, ...args] = [...before, 'cargo', 'run', '--release', '--quiet', '--package', 'lab', '--', ...words];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env: rustEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    const kept = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { kept[name] += text; });
    child.once('error', (error) => reject(new Problem(`lab could not be started: ${error.message}`)));
    child.once('close', (code) => {
      const last = kept.stdout.trim().split('\n').at(-1);
      if (code === 0) resolve(JSON.parse(last));
      else reject(new Problem(`lab ${words[0]} failed: ${kept.stderr.trim().split('\n').slice(-3).join(' ') || `exit ${code}`}`));
    });
    const end = () => child.kill();
    process.once('exit', end);
    child.once('close', () => process.off('exit', end));
  });
}
