//! What is said of an event today, and whether its advice is shown.

use chrono::{DateTime, Utc};
use contract::outlook::{Action, ModelKind};

use super::advice::{Counsel, Counselled, Records, counsel};
use super::asked::Asked;
use super::nightly::Looked;
use super::peers::Peers;
use super::record::{self, Forecast, OnRecord};
use super::speaker::Voice;
use super::tally::Record;
use super::told::tell;

/// The forecast of the day for every event that has none yet and can still be waited for.
pub fn say_all<'a>(
    looked: &'a [Looked],
    on_record: &[OnRecord],
    voice: &'a Voice,
    peers: &Peers,
    record: &Record,
    now: DateTime<Utc>,
) -> Vec<Forecast<'a>> {
    let today = record::day(now);
    let (whole, groups) = record.groups();
    let live: Vec<_> = groups.into_iter().chain([whole]).collect();
    let backtest = backtest(voice);
    looked
        .iter()
        .filter(|one| !on_record.iter().any(|row| row.event_id == one.card.id && row.said_on == today))
        .filter_map(|one| {
            let asked = Asked::new(
                now,
                &one.card,
                one.seen.clone(),
                one.standing,
                peers.place(&one.card),
                &peers.others,
            );
            let standing = asked.standing.filter(|_| asked.may_wait())?;
            let told = tell(&asked, voice.outlook.as_deref());
            let answer = told.answer.filter(|_| !told.horizons.is_empty())?;
            let weighed = weigh(&asked, voice, &told, Records { live: &live, backtest: &backtest });
            let advice =
                weighed.said.map(|said| (said.action == Action::Wait, said.expected_saving.amount_minor));
            let horizons = told
                .horizons
                .iter()
                .zip(answer.falls.into_iter().zip(answer.quantiles))
                .map(|(horizon, (fall, quantiles))| (horizon.hours, rounded(fall), quantiles.map(rounded)))
                .collect();
            Some(Forecast {
                card: &one.card,
                at: now,
                price: standing.money,
                basis: standing.unit.basis,
                told: horizons,
                advice,
                shown: weighed.withheld.is_none(),
                model: voice.speaker.version.as_deref().unwrap_or("past_rates"),
                digest: voice.sha256.as_deref(),
            })
        })
        .collect()
}

/// Weighs whether to advise on a question, and what.
pub fn weigh(asked: &Asked<'_>, voice: &Voice, told: &super::told::Told, records: Records<'_>) -> Counselled {
    let kind = if voice.outlook.is_some() { voice.speaker.kind } else { ModelKind::None };
    let question = Counsel {
        now: asked.now,
        price: asked.standing.map(|standing| standing.money),
        starts_at: asked.card.starts_at,
        may_wait: asked.may_wait(),
        answer: told.answer,
        horizons: &told.horizons,
        kind,
    };
    counsel(&question, asked.card.genre.as_deref(), records)
}

/// The backtest of the model that speaks, by group and as a whole.
pub fn backtest(voice: &Voice) -> Vec<prices::accuracy::GroupAccuracy> {
    voice
        .report
        .as_ref()
        .map_or_else(Vec::new, |report| report.groups.iter().chain([&report.whole]).cloned().collect())
}

/// Six decimals are what a row keeps.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}
