//! The comprehensive analysis of one event: every part with its freshness and how much it rests on.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::outlook::{
    AdvicePart, EventOutlook, Evidence, HistoryPart, ModelKind, OutlookPart, PastAdvice, ScorePart,
};
use contract::pricing::HistorySummary;
use prices::{AllInKind, Confidence, Score};

use super::advice::{Records, beside_score};
use super::asked::{Asked, Seen, Standing};
use super::event::Event;
use super::explain;
use super::parts;
use super::peers::Peers;
use super::saying::{backtest, weigh};
use super::speaker::Voice;
use super::supply::supply;
use super::tally::Record;
use super::told::tell;
use super::words::BEGUN;

/// The horizon whose drivers are told, where it is told.
const DRIVEN_HOURS: u16 = 72;

/// Everything the analysis is made from.
pub struct Known<'a> {
    /// Market time.
    pub now: DateTime<Utc>,
    /// The event.
    pub card: &'a EventCard,
    /// Its history.
    pub read: &'a Event,
    /// Other events.
    pub peers: &'a Peers,
    /// Who speaks.
    pub voice: &'a Voice,
    /// What came of what was said.
    pub record: &'a Record,
    /// What was said of this event.
    pub past: Vec<PastAdvice>,
}

/// Puts it together.
pub fn analyse(known: Known<'_>) -> EventOutlook {
    let Known { now, card, read, peers, voice, record, past } = known;
    let score = read.score(now, card.starts_at);
    let standing = score.as_ref().and_then(|score| Standing::of(score, &read.current));
    let seen = Seen::of(read, standing.as_ref(), now);
    let asked = Asked::new(now, card, seen, standing, peers.place(card), &peers.others);
    let told = tell(&asked, voice.outlook.as_deref());
    let (whole, groups) = record.groups();
    let live: Vec<_> = groups.into_iter().chain([whole]).collect();
    let weighed = weigh(&asked, voice, &told, Records { live: &live, backtest: &backtest(voice) });
    let driven = told
        .horizons
        .iter()
        .map(|horizon| horizon.hours)
        .filter(|hours| *hours <= DRIVEN_HOURS)
        .max()
        .zip(voice.outlook.as_ref().filter(|_| voice.report.is_some()));
    let drivers = driven.map_or_else(Vec::new, |(hours, outlook)| explain::drivers(&asked, outlook, hours));
    let supply = supply(&read.courses, now);
    let price = asked.standing.map(|standing| standing.money);
    let history = parts::of_history(&read.courses, now);
    let outlook = OutlookPart {
        price,
        basis: asked.standing.map(|standing| standing.unit.basis),
        market: asked.standing.map(|standing| standing.market),
        meaning: explain::meaning(&told.horizons),
        not_meant: explain::not_meant(&voice.speaker, !told.horizons.is_empty()),
        drivers,
        model: voice.speaker.clone(),
        evidence: of_outlook(&asked, voice, &history),
        horizons: told.horizons,
        absent: told.absent,
    };
    let mut said = weighed.said.filter(|_| weighed.withheld.is_none());
    if let Some((said, score)) = said.as_mut().zip(score.as_ref())
        && let Some(beside) = beside_score(said, score, &outlook.horizons)
    {
        said.text = format!("{} {beside}", said.text);
    }
    let advice = AdvicePart {
        evidence: Evidence {
            fresh_at: outlook.evidence.fresh_at,
            confidence: weighed.record.as_ref().map_or(Confidence::Low, |record| {
                match record.money.waited_events {
                    200.. => Confidence::High,
                    _ => Confidence::Medium,
                }
            }),
            why: weighed.record.as_ref().map_or_else(
                || "Nothing is known yet of what such advice came to.".to_owned(),
                |record| format!("Following it was tried on {} events.", record.money.events),
            ),
        },
        advice: said,
        withheld: weighed.withheld,
        record: weighed.record,
    };
    let risk = parts::risk(price, &outlook.horizons, &asked.course, now, &supply);
    let (since, _) = parts::ends(&read.courses);
    let summary = HistorySummary::of(&read.courses, &read.fees, score.as_ref(), now);
    EventOutlook {
        event: card.clone(),
        as_of: now,
        score: score_part(score, read, now, card.starts_at),
        outlook,
        advice,
        history: HistoryPart { summary, since, evidence: history },
        spread: parts::spread(&read.current, &read.fees, now),
        supply,
        risk,
        past_advice: past,
    }
}

/// An outlook rests on who speaks and on how long the price was watched.
fn of_outlook(asked: &Asked<'_>, voice: &Voice, history: &Evidence) -> Evidence {
    let (confidence, who) = match voice.speaker.kind {
        ModelKind::Trained | ModelKind::Previous => {
            (history.confidence, "A model learned from past prices speaks.")
        }
        ModelKind::PastRates => (Confidence::Low, "Past rates of all events speak, not a model."),
        ModelKind::None => (Confidence::Low, "Nobody speaks yet."),
    };
    Evidence {
        fresh_at: asked.standing.map(|standing| standing.seen_at),
        confidence,
        why: format!("{who} {}", history.why),
    }
}

fn score_part(
    score: Option<Score>,
    read: &Event,
    now: DateTime<Utc>,
    starts_at: Option<DateTime<Utc>>,
) -> ScorePart {
    let market = score.as_ref().map(|score| score.market);
    let fresh_at = read
        .current
        .iter()
        .filter(|quote| market.is_none_or(|market| quote.market == market))
        .map(|quote| quote.seen_at)
        .max();
    let confidence = score.as_ref().map_or(Confidence::Low, |score| score.confidence);
    let why = match &score {
        Some(score) => rests_on(score),
        None if starts_at.is_some_and(|start| start <= now) => BEGUN.to_owned(),
        None => "There is no fresh confirmed price to rank.".to_owned(),
    };
    ScorePart { score, evidence: Evidence { fresh_at, confidence, why } }
}

/// What a score rests on, in a sentence.
fn rests_on(score: &Score) -> String {
    if let Some(caution) = &score.caution {
        return caution.clone();
    }
    let is_exact = score.all_in.is_none_or(|known| known.kind == AllInKind::Exact);
    match score.confidence {
        Confidence::High => "What it is compared with is plenty and agrees.",
        Confidence::Medium => "It rests on some history, other markets or events like it.",
        Confidence::Low if is_exact => "What it is compared with is little, or disagrees.",
        Confidence::Low => {
            "What it is compared with is little or disagrees, or what the price comes to with fees is not known well."
        }
    }
    .to_owned()
}
