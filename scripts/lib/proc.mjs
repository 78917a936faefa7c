// Starting programs: to the end, for their answer, or as a group that is stopped as a whole.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { Problem } from './term.mjs';

const windows = process.platform === 'win32';

/** Full path of a program on the PATH, or undefined. */
export function which(name, searchPath = process.env.PATH ?? '') {
  const names = windows ? [`${name}.exe`, `${name}.cmd`, name] : [name];
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    for (const candidate of names) {
      const file = path.join(folder, candidate);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // not here: the next folder may have it
      }
    }
  }
  return undefined;
}

/** What a program prints, trimmed, or undefined when it is missing or fails. */
export function answer(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', ...options });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/**
 * Runs a program to its end with its output shown. Returns the exit code.
 * With `capture` its output is not shown but returned, `{ code, output }`; with `capture: 'too'` it is both.
 */
export function run(command, args, { capture = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell: windows && !/\.exe$/i.test(command),
      ...options,
    });
    let output = '';
    const keep = (shown) => (chunk) => {
      output += chunk;
      if (capture === 'too') shown.write(chunk);
    };
    child.stdout?.on('data', keep(process.stdout));
    child.stderr?.on('data', keep(process.stderr));
    child.on('error', reject);
    child.on('close', (code) => resolve(capture ? { code: code ?? 1, output } : (code ?? 1)));
  });
}

/** Runs a program that must succeed; otherwise the sentence `otherwise` is the error. */
export async function must(command, args, otherwise, options) {
  const code = await run(command, args, options).catch((error) => {
    throw new Problem(`${otherwise} (${error.message})`);
  });
  if (code !== 0) throw new Problem(otherwise);
}

/**
 * Starts a long-lived program in a process group of its own, so that stopping it stops its children too.
 * `onLine(line)` receives every line of its output.
 */
export function start(name, command, args, { onLine, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: !windows, ...options });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line.trimEnd());
    });
    stream.on('end', () => rest && onLine?.(rest));
  }
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, reason: error.message }));
    child.on('exit', (code, signal) => resolve({ code: code ?? 1, reason: signal ?? `exit code ${code}` }));
  });
  const signalGroup = (signal) => {
    try {
      if (windows) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
      else process.kill(-child.pid, signal);
    } catch {
      // already gone
    }
  };
  return {
    name,
    pid: child.pid,
    ended,
    /** Asks the group to end, insists after three seconds, and returns when it has ended. */
    async stop() {
      signalGroup('SIGTERM');
      const insist = setTimeout(() => signalGroup('SIGKILL'), 3000);
      await ended;
      clearTimeout(insist);
      signalGroup('SIGKILL'); // what the leader left behind
    },
    killNow: () => signalGroup('SIGKILL'),
  };
}
