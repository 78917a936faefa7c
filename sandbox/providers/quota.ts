/** Call quotas of a key, counted in real time: the markets' limits know nothing of a scaled clock. */

export interface Limits {
  readonly perWindow: number;
  readonly windowMs: number;
  /** Calls in any one second; absent when the provider names none. */
  readonly perSecond?: number;
}

export type Verdict = { readonly limit: number; readonly available: number; readonly resetMs: number } & {
  readonly refused: "quota" | "spike" | null;
};

interface Account {
  windowStartMs: number;
  used: number;
  recent: number[];
}

export class Quota {
  readonly #limits: Limits;
  readonly #accounts = new Map<string, Account>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts one call of `key` at real time `now`. The window begins with the first call, not at midnight. */
  spend(key: string, now: number): Verdict {
    const { perWindow, windowMs, perSecond } = this.#limits;
    let account = this.#accounts.get(key);
    if (!account || now - account.windowStartMs >= windowMs) {
      account = { windowStartMs: now, used: 0, recent: account?.recent ?? [] };
      this.#accounts.set(key, account);
    }
    const resetMs = account.windowStartMs + windowMs;
    account.recent = account.recent.filter((at) => now - at < 1000);
    if (perSecond !== undefined && account.recent.length >= perSecond) {
      return { limit: perWindow, available: Math.max(0, perWindow - account.used), resetMs, refused: "spike" };
    }
    account.recent.push(now);
    account.used += 1;
    const refused = account.used > perWindow ? "quota" : null;
    return { limit: perWindow, available: Math.max(0, perWindow - account.used), resetMs, refused };
  }

  forget(): void {
    this.#accounts.clear();
  }
}
