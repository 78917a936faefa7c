/** What each stand-in says on a bad day, in its own shape. Where no body was ever recorded the shape is the documented one. */

import { answer } from "./providers/answer.ts";
import { eventbriteError, hitRateLimit, invalidAuth } from "./providers/eventbrite.ts";
import { feedProblem } from "./providers/feed.ts";
import { clientMissing } from "./providers/seatgeek.ts";
import { requiresAuthentication, stubhubError } from "./providers/stubhub.ts";
import { REFUSALS } from "./providers/ticketmaster.ts";
import { ticketEvolutionError } from "./providers/ticketevolution.ts";
import type { StandIn } from "./requests.ts";
import { resendError } from "./standins/resend.ts";
import { stripeError } from "./standins/stripe_wire.ts";
import { twilioError } from "./standins/twilio.ts";

const RETRY_AFTER_S = 2;

export function serverError(provider: StandIn): Response {
  switch (provider) {
    case "ticketmaster":
      return answer({ fault: { faultstring: "Internal server error", detail: { errorcode: "messaging.adaptors.http.flow.ErrorResponseCode" } } }, 500, "application/json");
    case "seatgeek":
      return answer({ status: "error", message: "Internal server error" }, 500, "application/json");
    case "stubhub":
      return stubhubError(500, "internal_server_error", "Something went wrong on our side.");
    case "eventbrite":
      return eventbriteError(500, "INTERNAL_ERROR", "An unhandled error occurred in Eventbrite.");
    case "ticketevolution":
      return ticketEvolutionError(500, "Internal Server Error");
    case "feed":
      return feedProblem(500, "The feed is out of order.");
    case "resend":
      return resendError(500, "application_error", "An unexpected error occurred.");
    case "twilio":
      return twilioError(500, 20500, "Internal Server Error");
    case "stripe":
      return stripeError(500, { type: "api_error", message: "An error occurred internally." });
  }
}

/** With headers: `Retry-After` and what else the service would send. Without: only the body. */
export function tooMany(provider: StandIn, headers: boolean, now: number): Response {
  const refused = tooManyBody(provider);
  if (!headers) return refused;
  refused.headers.set("retry-after", String(RETRY_AFTER_S));
  if (provider === "ticketmaster") {
    refused.headers.set("rate-limit", "5000");
    refused.headers.set("rate-limit-available", "0");
    refused.headers.set("rate-limit-over", "1");
    refused.headers.set("rate-limit-reset", String(now + RETRY_AFTER_S * 1000));
  }
  if (provider === "resend") {
    refused.headers.set("ratelimit-limit", "2");
    refused.headers.set("ratelimit-remaining", "0");
    refused.headers.set("ratelimit-reset", String(RETRY_AFTER_S));
  }
  return refused;
}

function tooManyBody(provider: StandIn): Response {
  switch (provider) {
    case "ticketmaster":
      return REFUSALS.quota("REDACTED");
    case "seatgeek":
      return answer({ status: "error", message: "Too many requests" }, 429, "application/json");
    case "stubhub":
      return stubhubError(429, "too_many_requests", "Too many requests.");
    case "eventbrite":
      return hitRateLimit();
    case "ticketevolution":
      return ticketEvolutionError(429, "Too Many Requests");
    case "feed":
      return feedProblem(429, "Too many requests.");
    case "resend":
      return resendError(429, "rate_limit_exceeded", "Too many requests. You can only make 2 requests per second.");
    case "twilio":
      return twilioError(429, 20429, "Too Many Requests");
    case "stripe":
      return stripeError(429, { type: "invalid_request_error", code: "rate_limit", message: "Too many requests hit the API too quickly." });
  }
}

export function refusal(provider: StandIn): Response {
  switch (provider) {
    case "ticketmaster":
      return REFUSALS.badKey();
    case "seatgeek":
      return clientMissing();
    case "stubhub":
      return requiresAuthentication();
    case "eventbrite":
      return invalidAuth();
    case "ticketevolution":
      return ticketEvolutionError(401, "Unauthorized");
    case "feed":
      return feedProblem(401, "Send `authorization: Bearer <key>`.");
    case "resend":
      return resendError(401, "missing_api_key", "Missing API key in the authorization header.");
    case "twilio":
      return twilioError(401, 20003, "Authenticate");
    case "stripe":
      return stripeError(401, { type: "invalid_request_error", message: "Invalid API Key provided." });
  }
}

/** A healthy-looking answer with nothing in it: it must change nothing that people see. */
export function emptyAnswer(provider: StandIn): Response {
  const bodies: Record<StandIn, object> = {
    ticketmaster: { _links: {}, page: { size: 200, totalElements: 0, totalPages: 0, number: 0 } },
    seatgeek: { meta: { page: 1, geolocation: null, total: 0, per_page: 100, took: 0 }, events: [] },
    stubhub: { total_items: 0, page: 1, page_size: 100, _links: {}, _embedded: { items: [], deleted_items: [] } },
    eventbrite: {
      pagination: { object_count: 0, page_number: 1, page_size: 50, page_count: 1, has_more_items: false, continuation: null },
      events: [],
    },
    ticketevolution: { current_page: 1, per_page: 100, total_entries: 0, events: [] },
    feed: { feed: "empty", synthetic: false, offers: [], next: null },
    resend: {},
    twilio: {},
    stripe: {},
  };
  return answer(bodies[provider], 200, provider === "stubhub" ? "application/hal+json" : "application/json");
}
