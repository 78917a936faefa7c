/** The recorded data of a folder as the providers' catalogues. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "../market/catalogue.ts";
import { ORGANIZATIONS } from "../market/performers.ts";
import type { SeatGeekEvent } from "../providers/seatgeek.ts";
import type { TicketmasterEvent } from "../providers/ticketmaster.ts";
import { shiftDays, type SetReport } from "./series.ts";
import { leadDays, movedSeatGeek, movedTicketmaster, recordedMs, type TicketmasterPage } from "./snapshots.ts";
import { StubHubHistories } from "./stubhub_histories.ts";
import { TickPickHistory } from "./tickpick_history.ts";

export class ReplayFolderError extends Error {}

interface Snapshot<T> {
  readonly file: string;
  readonly provider: "ticketmaster" | "seatgeek";
  readonly shiftDays: number;
  readonly events: readonly T[];
}

export class Replay {
  readonly folder: string;
  readonly #startMs: number;
  readonly #ticketmaster: readonly Snapshot<TicketmasterEvent>[];
  readonly #seatgeek: readonly Snapshot<SeatGeekEvent>[];
  readonly #stubhub: StubHubHistories;
  readonly #tickpick: TickPickHistory | undefined;
  readonly #served = new Set<string>();

  private constructor(folder: string, startMs: number, stubhub: StubHubHistories, tickpick: TickPickHistory | undefined) {
    this.folder = folder;
    this.#startMs = startMs;
    this.#ticketmaster = readTicketmaster(folder, startMs);
    this.#seatgeek = readSeatGeek(folder, startMs);
    this.#stubhub = stubhub;
    this.#tickpick = tickpick;
  }

  /** Throws {@link ReplayFolderError} with a sentence when the folder is missing or holds nothing that can be replayed. */
  static async read(folder: string, startMs: number): Promise<Replay> {
    if (!existsSync(folder)) throw new ReplayFolderError(`--replay: there is no folder ${folder}.`);
    const replay = new Replay(folder, startMs, await StubHubHistories.read(folder, startMs), await TickPickHistory.read(folder, startMs));
    if (replay.sets(startMs).length === 0) {
      throw new ReplayFolderError(
        `--replay: ${folder} holds no recorded data (looked for ticketmaster/*discovery_events*.json, seatgeek/events_*.json, stubhub/price_history_*.csv, tickpick/price_history_ncaaf_*.csv).`,
      );
    }
    return replay;
  }

  catalogue(): Catalogue {
    return {
      ticketmaster: () => this.#show(this.#ticketmaster),
      // Neither partners' answers nor TicketEvolution's were recorded.
      ticketmasterBoxOffice: () => [],
      ticketevolution: () => [],
      seatgeek: (t) =>
        // What SeatGeek itself says about how long an event is shown.
        this.#show(this.#seatgeek).filter((event) => Date.parse(`${String(event["visible_until_utc"])}Z`) > t),
      stubhub: (t, origin) => ({ items: this.#stubhub.items(t, origin), deleted: [] }),
      // Nothing was recorded of these organizations' events; they exist all the same, so that the source is healthy and empty.
      eventbrite: () => ({ organizations: ORGANIZATIONS, items: [] }),
      feed: (t) => ({ name: "tickpick-recorded", synthetic: false, offers: this.#tickpick?.offers(t) ?? [] }),
    };
  }

  sets(t: number): SetReport[] {
    const snapshots = [...this.#ticketmaster, ...this.#seatgeek].map((one) => this.#report(one));
    return [...snapshots, ...this.#stubhub.reports(t), ...(this.#tickpick ? [this.#tickpick.report(t)] : [])];
  }

  #show<T>(snapshots: readonly Snapshot<T>[]): readonly T[] {
    return snapshots.flatMap((one) => {
      this.#served.add(one.file);
      return one.events;
    });
  }

  #report(one: Snapshot<unknown>): SetReport {
    const at = new Date(this.#startMs).toISOString();
    return {
      set: one.file.replace(/^.*\/|\.json$/g, ""),
      provider: one.provider,
      files: [one.file],
      events: one.events.length,
      shift_days: one.shiftDays,
      first_record: at,
      last_record: at,
      points_total: one.events.length,
      points_due: one.events.length,
      points_served: this.#served.has(one.file) ? one.events.length : 0,
      progress: 1,
    };
  }
}

function jsonFiles(folder: string, provider: string, pattern: RegExp): string[] {
  const place = join(folder, provider);
  if (!existsSync(place)) return [];
  return readdirSync(place).filter((name) => pattern.test(name)).sort().map((name) => `${provider}/${name}`);
}

function readTicketmaster(folder: string, startMs: number): Snapshot<TicketmasterEvent>[] {
  return jsonFiles(folder, "ticketmaster", /discovery_events.*\.json$/).flatMap((file) => {
    const page = JSON.parse(readFileSync(join(folder, file), "utf8")) as TicketmasterPage;
    const recorded = page._embedded?.events ?? [];
    if (recorded.length === 0) return [];
    const days = shiftDays(recordedMs(page), startMs);
    return [{ file, provider: "ticketmaster" as const, shiftDays: days, events: recorded.map((event) => movedTicketmaster(event, days)) }];
  });
}

/** A file is one page or a list of pages; the same page was sometimes fetched twice, so an id counts once. */
function readSeatGeek(folder: string, startMs: number): Snapshot<SeatGeekEvent>[] {
  return jsonFiles(folder, "seatgeek", /^events_.*\.json$/).flatMap((file) => {
    type Page = { events?: SeatGeekEvent[] };
    const content = JSON.parse(readFileSync(join(folder, file), "utf8")) as Page | Page[];
    const all = (Array.isArray(content) ? content : [content]).flatMap((page) => page.events ?? []);
    const recorded = [...new Map(all.map((event) => [event.id, event])).values()];
    if (recorded.length === 0) return [];
    const first = Math.min(...recorded.map((event) => Date.parse(`${event.datetime_utc}Z`)));
    const days = leadDays(first, startMs);
    return [{ file, provider: "seatgeek" as const, shiftDays: days, events: recorded.map((event) => movedSeatGeek(event, days)) }];
  });
}
