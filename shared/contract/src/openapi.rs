//! `openapi.json`, made from the contract types. The functions below are never called: each carries the description
//! of one endpoint, in the order of the API guide.

use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::ids::{AlertId, ChannelId, EventId, MergeId, ReviewId, SessionId, VenueId};
use crate::{
    account, alerts as alert, billing, catalog, deals, fees, health, history, offers, outlook, planner,
    pricing, problem, push, review, search, seats,
};

/// The whole document as JSON text, two spaces, final newline: what is committed as `openapi.json`.
///
/// # Panics
/// Never: the document is made of plain strings and maps.
pub fn json() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rip City Ticket Dispatch",
        version = "1",
        description = "Events on several ticket markets: what they really cost, how good that is, and a message when \
                       the price you wait for is there. Times are RFC 3339 in UTC, money is integer minor units; an \
                       absent price is a reason, never zero. Errors are application/problem+json with a stable code."
    ),
    paths(
        list_events, get_event, list_listings, search_events, suggest, list_venues, get_venue,
        list_reviews, decide_review, merge_event, split_event, list_merges, undo_merge,
        list_sources, source_fees, wake_sources, push_feed, get_plan, list_operator_messages, backfill_source, get_prices, export_prices, import_prices, mend_prices, get_moves, score_seats, list_deals, deals_for_me, get_outlook, get_accuracy,
        list_outlook_events, list_models, register_model, activate_model, roll_back_model, run_nightly, register, verify, sign_in, refresh,
        sign_out, resend_link, list_sessions, end_session, me, get_watchlist, watch, unwatch, watch_performer, unwatch_performer, watch_venue, unwatch_venue, create_alert, list_alerts, delete_alert, stop_alert, list_channels,
        add_channel, verify_channel, delete_channel, list_notifications, notification_stats, get_billing, checkout, portal
    ),
    components(schemas(problem::Problem, deals::DealSort, history::SeriesKind)),
    modifiers(&Schemes)
)]
struct Document;

struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, description) in
            [("person", "The access token of a session."), ("operator", "The operator's token.")]
        {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.description = Some(description.to_owned());
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// Declares endpoints: `method "path" name (parameters; body) -> status body, [security], "what it does"`.
macro_rules! endpoints {
    ($($(#[$doc:meta])* $method:ident $path:literal $name:ident
        [$($param:tt)*] $([body $body:ty])? -> $status:literal $([$answer:ty])? $(, $scheme:literal)?;)*) => {$(
        $(#[$doc])*
        #[utoipa::path(
            $method, path = $path,
            params($($param)*),
            $(request_body = $body,)?
            responses(
                (status = $status, description = "Done" $(, body = $answer)?),
                (status = "4XX", description = "Refused: the code says why", body = problem::Problem, content_type = "application/problem+json"),
                (status = "5XX", description = "Our failure, or a dependency's", body = problem::Problem, content_type = "application/problem+json"),
            ),
            $(security(($scheme = [])),)?
        )]
        #[expect(dead_code, reason = "carries a description")]
        fn $name() {}
    )*};
}

endpoints! {
    /// Finds events, soonest first.
    get "/v1/events" list_events [
        ("q" = Option<String>, Query, description = "Words of the event, performer or venue"),
        ("city" = Option<String>, Query, description = "City"),
        ("from" = Option<String>, Query, description = "Earliest start, RFC 3339"),
        ("to" = Option<String>, Query, description = "Latest start, RFC 3339"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [catalog::EventList];
    /// One event with its markets side by side.
    get "/v1/events/{event_id}" get_event [
        ("event_id" = EventId, Path),
        ("seats" = Option<u32>, Query, description = "Seats together, 1 to 20: best_for_seats and cheapest_listings are those that sell so many"),
        ("fresh" = Option<bool>, Query, description = "true asks the markets now, for at most a second; what has not answered is marked pending")
    ] -> 200 [catalog::EventDetail];
    /// The single listings of an event, cheapest first.
    get "/v1/events/{event_id}/listings" list_listings [
        ("event_id" = EventId, Path),
        ("market" = Option<prices::Market>, Query, description = "Only this market"),
        ("seats" = Option<u32>, Query, description = "Only listings that sell so many seats together, 1 to 20"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [offers::ListingPage];
    /// Pairs of events that may be one, the oldest doubt first.
    get "/v1/events/reviews" list_reviews [
        ("state" = Option<review::ReviewState>, Query, description = "open unless said"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [review::ReviewList], "operator";
    /// Decides a doubtful pair. `same` merges the two, `different` is remembered and never proposed again.
    post "/v1/events/reviews/{review_id}" decide_review [("review_id" = ReviewId, Path)]
        [body review::DecideReview] -> 200 [review::Review], "operator";
    /// Makes this event part of another: listings, history, alerts and links go along. Can be undone.
    post "/v1/events/{event_id}/merge" merge_event [("event_id" = EventId, Path)]
        [body review::MergeInto] -> 201 [review::Merge], "operator";
    /// Gives one listing of this event an event of its own. Can be undone.
    post "/v1/events/{event_id}/split" split_event [("event_id" = EventId, Path)]
        [body review::SplitOff] -> 201 [review::Merge], "operator";
    /// Merges and splits, the newest first.
    get "/v1/events/merges" list_merges [
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [review::MergeList], "operator";
    /// Undoes a merge or a split: listings and ids are as they were, history stays.
    post "/v1/events/merges/{merge_id}/undo" undo_merge [("merge_id" = MergeId, Path)] -> 200 [review::Merge], "operator";
    /// Finds events by words, misspelt ones too, and by what narrows them; answers how the hits divide.
    get "/v1/search" search_events [
        ("q" = Option<String>, Query, description = "Words of the event, performers, venue or city; at most eight count"),
        ("performer" = Option<String>, Query, description = "Name of a performer"),
        ("venue" = Option<String>, Query, description = "Id of a venue"),
        ("city" = Option<String>, Query, description = "City, with or without region: Portland, OR"),
        ("genre" = Option<String>, Query, description = "Genre"),
        ("month" = Option<String>, Query, description = "Month of the venue's calendar: 2026-12"),
        ("near" = Option<String>, Query, description = "Latitude and longitude: 45.53,-122.67"),
        ("km" = Option<u32>, Query, description = "Distance from that point, 1 to 500, 50 unless said"),
        ("from" = Option<String>, Query, description = "Earliest start, RFC 3339; three hours ago unless said"),
        ("to" = Option<String>, Query, description = "Latest start, RFC 3339"),
        ("min_price" = Option<i64>, Query, description = "Least all-in price of the cheapest ticket, minor units"),
        ("max_price" = Option<i64>, Query, description = "Highest all-in price of the cheapest ticket, minor units; events without an all-in price are left out"),
        ("currency" = Option<String>, Query, description = "Currency of these prices, USD unless said"),
        ("markets" = Option<String>, Query, description = "Listed on one of these: seatgeek,stubhub"),
        ("sort" = Option<String>, Query, description = "relevance (with words, unless said) or date"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [search::SearchResults];
    /// Performers, venues, cities and events that begin with what is being typed.
    get "/v1/search/suggest" suggest [
        ("q" = Option<String>, Query, description = "What has been typed"),
        ("limit" = Option<u32>, Query, description = "1 to 20, 10 unless said")
    ] -> 200 [search::Suggestions];
    /// The venues near a point, nearest first.
    get "/v1/venues" list_venues [
        ("near" = String, Query, description = "Latitude and longitude: 45.53,-122.67"),
        ("km" = Option<u32>, Query, description = "1 to 500, 50 unless said"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said")
    ] -> 200 [search::VenueList];
    /// One venue.
    get "/v1/venues/{venue_id}" get_venue [("venue_id" = VenueId, Path)] -> 200 [search::VenueInfo];
    /// The health of every source.
    get "/v1/sources" list_sources [] -> 200 [catalog::SourceList];
    /// What a source's fees come to: learned from tickets it states with and without them.
    get "/v1/sources/{source}/fees" source_fees [("source" = prices::Market, Path)] -> 200 [fees::SourceFees];
    /// Wakes every configured source's planner now.
    post "/v1/sources/wake" wake_sources [] -> 202 [catalog::Woken], "operator";
    /// Takes in offers that a partner pushes: JSON of the feed's form or CSV, at most 1 MB, signed by HMAC-SHA256 of
    /// `<t>.<body>`. One delivery sent twice acts once.
    post "/v1/sources/feed/push" push_feed [
        ("x-feed-partner" = String, Header, description = "The partner's name"),
        ("x-feed-signature" = String, Header, description = "`t=<unix seconds>,v1=<hex>`, at most five minutes old")
    ] [body String] -> 200 [push::Pushed];
    /// What a source will be asked within the next hour, and why.
    get "/v1/sources/{source}/plan" get_plan [("source" = prices::Market, Path)] -> 200 [planner::SourcePlan];
    /// What the operator was told of the sources, the newest first.
    get "/v1/sources/messages" list_operator_messages [] -> 200 [health::OperatorMessages], "operator";
    /// Decodes a source's kept answers again, a few at a time: call it until there is no cursor. Safe to repeat.
    post "/v1/sources/{source}/backfill" backfill_source [("source" = prices::Market, Path)]
        [body planner::Backfill] -> 200 [planner::Backfilled], "operator";
    /// The price history of an event. Answers a weak `ETag`.
    get "/v1/prices/{event_id}" get_prices [
        ("event_id" = EventId, Path),
        ("resolution" = Option<pricing::Resolution>, Query, description = "raw unless said"),
        ("series" = Option<history::SeriesKind>, Query, description = "market unless said: a course a market; best is the cheapest standing quote over all markets"),
        ("from" = Option<String>, Query, description = "Earliest observation, RFC 3339"),
        ("to" = Option<String>, Query, description = "Latest observation, RFC 3339"),
        ("market" = Option<prices::Market>, Query, description = "Only this market's series; summary and score are of all"),
        ("as_of" = Option<String>, Query, description = "A past moment, RFC 3339: series, summary and score as they would have been then")
    ] -> 200 [pricing::PriceHistory];
    /// Every observation of an event, a row each. Answers a weak `ETag`.
    get "/v1/prices/{event_id}/export" export_prices [
        ("event_id" = EventId, Path),
        ("format" = Option<String>, Query, description = "csv (unless said): the table that an import takes; or json"),
        ("market" = Option<prices::Market>, Query, description = "Only this market"),
        ("from" = Option<String>, Query, description = "Earliest observation, RFC 3339"),
        ("to" = Option<String>, Query, description = "Latest observation, RFC 3339"),
        ("as_of" = Option<String>, Query, description = "Only what was observed by this moment, RFC 3339")
    ] -> 200 [history::PriceExport];
    /// Takes in past observations as a table of CSV, at most 6 MB, 50,000 rows and 500 events: what is missing is inserted, nothing is
    /// announced. Columns: `event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets`. Safe to repeat.
    post "/v1/prices/import" import_prices [] [body String] -> 200 [history::Imported], "operator";
    /// Gives up what cannot be read of an event's history, so that the rest is told again; then import what there is of it.
    /// Safe to repeat.
    post "/v1/prices/{event_id}/mend" mend_prices [("event_id" = EventId, Path)] -> 200 [history::Mended], "operator";
    /// What each listing's seats are worth, with a score and its reasons in money; up to 15 seconds old.
    get "/v1/prices/{event_id}/seats" score_seats [
        ("event_id" = EventId, Path),
        ("quantity" = Option<u32>, Query, description = "Only listings that sell so many seats together, 1 to 20; they are judged as so many seats"),
        ("max" = Option<i64>, Query, description = "Highest price of one seat, minor units of the answer's unit"),
        ("section" = Option<String>, Query, description = "Only this section, in a market's words"),
        ("market" = Option<prices::Market>, Query, description = "Only this market; all of them are learned from"),
        ("sort" = Option<String>, Query, description = "score (unless said; doubtful listings after the others) or price"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 unless said")
    ] -> 200 [seats::SeatScores];
    /// The confirmed moves of an event's prices, newest first.
    get "/v1/prices/{event_id}/moves" get_moves [
        ("event_id" = EventId, Path),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 unless said")
    ] -> 200 [deals::MoveList];
    /// The best deals now; up to a minute old. Answers a weak `ETag`.
    get "/v1/deals" list_deals [
        ("city" = Option<String>, Query, description = "City, with or without region: Portland, OR"),
        ("genre" = Option<String>, Query, description = "Genre"),
        ("performer" = Option<String>, Query, description = "Name of a performer"),
        ("venue" = Option<VenueId>, Query, description = "Id of a venue"),
        ("market" = Option<prices::Market>, Query, description = "The market that has the cheapest ticket"),
        ("band" = Option<prices::Band>, Query, description = "This band or a better one"),
        ("min_score" = Option<u8>, Query, description = "0 to 100"),
        ("max_price" = Option<i64>, Query, description = "Highest price, minor units; all-in where that is known"),
        ("currency" = Option<String>, Query, description = "Only prices in this currency; USD unless said where max_price or the order needs one"),
        ("from" = Option<String>, Query, description = "Earliest start, RFC 3339"),
        ("to" = Option<String>, Query, description = "Latest start, RFC 3339"),
        ("days" = Option<u32>, Query, description = "Starts within so many days, 1 to 730"),
        ("sort" = Option<deals::DealSort>, Query, description = "sure unless said"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [deals::DealList];
    /// The deals that fit what the person watches and has alerts on, each with the reason. Not cached.
    get "/v1/deals/me" deals_for_me [
        ("min_score" = Option<u8>, Query, description = "0 to 100"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 unless said")
    ] -> 200 [deals::DealsForMe], "person";
    /// Everything known of an event's price: score, outlook, buy or wait, history, spread, supply, risk, and what was said
    /// before. Up to a minute old.
    get "/v1/outlook/{event_id}" get_outlook [("event_id" = EventId, Path)] -> 200 [outlook::EventOutlook];
    /// How often the outlook was right, failures included.
    get "/v1/accuracy" get_accuracy [
        ("source" = Option<outlook::RecordSource>, Query, description = "live unless said"),
        ("genre" = Option<String>, Query, description = "Only this league or genre"),
        ("horizon" = Option<u16>, Query, description = "Only 24, 72 or 168 hours"),
        ("since" = Option<String>, Query, description = "Only what was said since, RFC 3339; live only"),
        ("failures_first" = Option<bool>, Query, description = "true lists failed advice first"),
        ("limit" = Option<u32>, Query, description = "Advice listed, 0 to 100, 20 unless said"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [outlook::Accuracy];
    /// Every event an outlook can be learned from, those that are over included; 500 at a time.
    get "/v1/outlook/events" list_outlook_events [
        ("cursor" = Option<String>, Query, description = "next_cursor of the answer before")
    ] -> 200 [outlook::OutlookEvents], "operator";
    /// The registered models, and what was done to them.
    get "/v1/outlook/models" list_models [] -> 200 [outlook::ModelList], "operator";
    /// Registers a model: the training report as one line of JSON, a line feed, then the artefact; at most 8 MB. Refused if
    /// the artefact is damaged, of another version, or not the one whose digest the report names.
    put "/v1/outlook/models/{version}" register_model [("version" = String, Path)]
        [body String] -> 201 [outlook::ModelInfo], "operator";
    /// Puts a registered model into service, after reading it back.
    post "/v1/outlook/models/{version}/activate" activate_model [("version" = String, Path)] -> 200 [outlook::ModelInfo], "operator";
    /// Takes a model out of service; the one before it speaks again.
    post "/v1/outlook/models/{version}/rollback" roll_back_model [("version" = String, Path)] -> 200 [outlook::ModelInfo], "operator";
    /// Does now what is done by cron: writes down the day's forecasts, settles what can be settled, sums up.
    post "/v1/outlook/nightly" run_nightly [] -> 200 [outlook::NightlyDone], "operator";
    /// Registers; a mail with a link follows. The answer is the same whether or not the address is known.
    post "/v1/auth/register" register [] [body account::Credentials] -> 202 [account::Registered];
    /// Proves the address by the token of the link.
    post "/v1/auth/verify" verify [] [body account::VerifyEmail] -> 200 [account::Registered];
    /// Signs in.
    post "/v1/auth/sign-in" sign_in [] [body account::Credentials] -> 200 [account::Session];
    /// Trades a refresh token for a new pair; each works once, and a second use ends the session.
    post "/v1/auth/refresh" refresh [] [body account::Refresh] -> 200 [account::Session];
    /// Ends the session at once.
    post "/v1/auth/sign-out" sign_out [] -> 204, "person";
    /// Sends the link once more to somebody signed in whose address is not proved yet.
    post "/v1/auth/resend" resend_link [] -> 202 [account::Registered], "person";
    /// Where the person is signed in.
    get "/v1/auth/sessions" list_sessions [] -> 200 [account::SessionList], "person";
    /// Ends one of the person's sessions.
    delete "/v1/auth/sessions/{session_id}" end_session [("session_id" = SessionId, Path)] -> 204, "person";
    /// Who is signed in.
    get "/v1/me" me [] -> 200 [account::Me], "person";
    /// The events the person watches.
    get "/v1/watchlists" get_watchlist [] -> 200 [account::Watchlist], "person";
    /// Watches an event.
    put "/v1/watchlists/{event_id}" watch [("event_id" = EventId, Path)] -> 204, "person";
    /// Watches it no longer.
    delete "/v1/watchlists/{event_id}" unwatch [("event_id" = EventId, Path)] -> 204, "person";
    /// Watches a performer.
    put "/v1/watchlists/performers" watch_performer [("name" = String, Query, description = "The name")] -> 204, "person";
    /// Watches a performer no longer.
    delete "/v1/watchlists/performers" unwatch_performer [("name" = String, Query, description = "The name")] -> 204, "person";
    /// Watches a venue.
    put "/v1/watchlists/venues/{venue_id}" watch_venue [("venue_id" = VenueId, Path)] -> 204, "person";
    /// Watches a venue no longer.
    delete "/v1/watchlists/venues/{venue_id}" unwatch_venue [("venue_id" = VenueId, Path)] -> 204, "person";
    /// Sets an alert. It fires at once if it is true already.
    post "/v1/alerts" create_alert [] [body alert::NewAlert] -> 201 [alert::Alert], "person";
    /// The person's alerts.
    get "/v1/alerts" list_alerts [] -> 200 [alert::AlertList], "person";
    /// Deletes an alert.
    delete "/v1/alerts/{alert_id}" delete_alert [("alert_id" = AlertId, Path)] -> 204, "person";
    /// Stops an alert by the link in its message; no sign-in, works twice.
    post "/v1/alerts/stop/{token}" stop_alert [("token" = String, Path)] -> 200 [alert::StoppedAlert];
    /// The ways to reach the person.
    get "/v1/channels" list_channels [] -> 200 [alert::ChannelList], "person";
    /// Adds a phone number; a code is sent to it.
    post "/v1/channels" add_channel [] [body alert::NewChannel] -> 201 [alert::ChannelInfo], "person";
    /// Proves the number by the code.
    post "/v1/channels/{channel_id}/verify" verify_channel [("channel_id" = ChannelId, Path)] [body alert::ChannelCode] -> 200 [alert::ChannelInfo], "person";
    /// Removes a channel.
    delete "/v1/channels/{channel_id}" delete_channel [("channel_id" = ChannelId, Path)] -> 204, "person";
    /// The latest messages to the person, and what became of them.
    get "/v1/notifications" list_notifications [] -> 200 [alert::NotificationList], "person";
    /// How messages fare: where they stand, how long they took, what could not be handled.
    get "/v1/notifications/stats" notification_stats [] -> 200 [alert::NotificationStats], "operator";
    /// The person's plan and subscription.
    get "/v1/billing" get_billing [] -> 200 [billing::Billing], "person";
    /// Begins a subscription at Stripe.
    post "/v1/billing/checkout" checkout [] -> 200 [billing::Redirect], "person";
    /// Opens Stripe's page to change or end the subscription.
    post "/v1/billing/portal" portal [] -> 200 [billing::Redirect], "person";
}
