//! Adapters from variables.

use prices::Market;
use sources::{Area, PROVIDERS, registry};

fn settings(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(present, _)| *present == name).map(|(_, value)| (*value).to_owned())
}

const ALL: &[(&str, &str)] = &[
    ("TICKETMASTER_BASE", "http://localhost:8790/ticketmaster"),
    ("TICKETMASTER_KEY", "k"),
    ("SEATGEEK_CLIENT_ID", "k"),
    ("STUBHUB_CLIENT_ID", "k"),
    ("STUBHUB_CLIENT_SECRET", "k"),
    ("EVENTBRITE_TOKEN", "k"),
    ("EVENTBRITE_ORGANIZATIONS", "11"),
    ("TICKETEVOLUTION_TOKEN", "k"),
    ("TICKETEVOLUTION_SECRET", "k"),
    ("FEED_URL", "http://localhost:8790/feed/offers.json"),
    ("SOURCES_AREA", "everywhere"),
];

#[test]
fn every_market_has_one_provider_that_reads_it() {
    let markets: Vec<Market> = PROVIDERS.iter().map(|provider| provider.market).collect();
    assert_eq!(markets, Market::ALL);
    for market in Market::ALL {
        let adapter = registry::adapter(market, &settings(ALL)).unwrap().unwrap();
        assert_eq!(adapter.market(), market);
        assert!(!registry::provider(market).unwrap().capabilities.licence.terms.is_empty());
    }
    assert_eq!(registry::adapters(&settings(ALL)).unwrap().len(), Market::ALL.len());
}

#[test]
fn a_source_without_credentials_is_left_out_and_real_hosts_are_the_default() {
    let only_seatgeek = settings(&[("SEATGEEK_CLIENT_ID", "k"), ("SEATGEEK_BASE", "")]);
    let adapters = registry::adapters(&only_seatgeek).unwrap();
    assert_eq!(adapters.len(), 1);
    let request =
        adapters[0].request(&adapters[0].start(false), None, "2026-11-21T05:00:00Z".parse().unwrap());
    assert!(request.url.starts_with("https://api.seatgeek.com/2/events?venue.country=US"), "{}", request.url);
}

#[test]
fn what_is_half_configured_is_named_and_its_value_is_not() {
    for (pairs, variable) in [
        (&[("STUBHUB_CLIENT_ID", "k")] as &'static [_], "STUBHUB_CLIENT_SECRET"),
        (&[("EVENTBRITE_TOKEN", "k")], "EVENTBRITE_ORGANIZATIONS"),
        (&[("TICKETEVOLUTION_TOKEN", "k")], "TICKETEVOLUTION_SECRET"),
        (&[("TICKETMASTER_KEY", "two words")], "TICKETMASTER_KEY"),
        (&[("SEATGEEK_CLIENT_ID", "k"), ("SEATGEEK_BASE", "http://api.seatgeek.com")], "SEATGEEK_BASE"),
        (&[("SEATGEEK_CLIENT_ID", "k"), ("SOURCES_AREA", "Portland")], "SOURCES_AREA"),
        (&[("FEED_URL", "ftp://x")], "FEED_URL"),
    ] {
        let Err(error) = registry::adapters(&settings(pairs)) else { panic!("{variable} was accepted") };
        assert_eq!(error.variable, variable);
        assert!(error.to_string().starts_with(variable) && !error.to_string().contains("two words"));
    }
}

#[test]
fn the_area_narrows_every_searchable_source() {
    let pairs: &'static [_] = &[("TICKETMASTER_KEY", "k"), ("SOURCES_AREA", "45.53,-122.66,80")];
    let adapter = registry::adapter(Market::Ticketmaster, &settings(pairs)).unwrap().unwrap();
    let request = adapter.request(&adapter.start(false), None, "2026-11-21T05:00:00Z".parse().unwrap());
    assert!(request.url.contains("latlong=45.53%2C-122.66&radius=80&unit=km"), "{}", request.url);
    assert_eq!("everywhere".parse(), Ok(Area::Everywhere));
}
