//! What a carrier says of a message goes to notifications, which owns the deliveries.

use contract::internal::SettleDelivery;
use contract::problem::Code;
use edge::{Failure, Result, reply};
use serde_json::json;
use worker::Response;

use crate::app::App;
use crate::store_d1::events::{self, Received, Record};

/// A callback can overtake the answer to the very request it is about, and then nobody knows the message yet. So the
/// carrier is asked to come again a few times, before the message counts as somebody else's.
const ATTEMPTS_UNTIL_FOREIGN: i64 = 5;

/// Records the callback, settles the delivery (`None`: a callback that settles nothing), marks it done.
pub async fn settle(
    app: &App<'_>,
    received: &Received<'_>,
    news: Option<SettleDelivery>,
) -> Result<Response> {
    let Record::Unfinished { attempts } = events::receive(&app.db, received).await? else {
        return Ok(reply::no_content());
    };
    let outcome = match news {
        None => "not_ours",
        Some(news) => match app.notifications()?.tell("/internal/deliveries/settle", &news).await {
            Ok(()) => "settled",
            Err(failure) if failure.code != Code::NotFound => return Err(failure),
            Err(_) if attempts < ATTEMPTS_UNTIL_FOREIGN => {
                return Err(Failure::upstream("notifications does not know the message yet").expected());
            }
            Err(_) => "unknown_message",
        },
    };
    events::finish(&app.db, received, outcome).await?;
    app.log.info("delivery_event", json!({ "type": received.kind, "outcome": outcome }));
    Ok(reply::no_content())
}
