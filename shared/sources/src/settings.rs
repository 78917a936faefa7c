//! What an adapter is configured with, checked once: base URL, secret, area.

use std::fmt;
use std::str::FromStr;

use crate::url::Url;

/// Looks up a variable by name; empty counts as absent.
pub type Settings<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A variable that is missing or not as it must be. Names it, never shows its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong, as the rest of a sentence ("must be an https URL").
    pub problem: &'static str,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.problem)
    }
}

impl std::error::Error for SettingError {}

/// The variable `name`, or nothing when it is absent or empty.
pub(crate) fn optional(settings: &Settings<'_>, name: &str) -> Option<String> {
    settings(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Where a provider's API lives. Plain http is accepted only for this machine, because keys travel with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Checks `text`; a trailing slash is dropped. `variable` is named in the error.
    pub fn parse(variable: &'static str, text: &str) -> Result<Self, SettingError> {
        let url = text.trim().trim_end_matches('/');
        let problem = if url.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'#') {
            "must not contain spaces or a fragment"
        } else if authority(url).is_some_and(|host| host.contains('@')) {
            "must not contain a user name or password"
        } else if !is_secure(url) {
            "must be an https URL (http only for localhost)"
        } else {
            return Ok(Self(url.to_owned()));
        };
        Err(SettingError { variable, problem })
    }

    /// The URL as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme and host, by which two URLs are compared before a key is sent.
    pub(crate) fn origin(&self) -> &str {
        let host_from = self.0.find("://").map_or(0, |at| at.saturating_add(3));
        let host_len = self.0.get(host_from..).and_then(|rest| rest.find(['/', '?'])).unwrap_or(usize::MAX);
        self.0.get(..host_from.saturating_add(host_len)).unwrap_or(&self.0)
    }

    /// `version` (as in "/v3") and `path` under this base; a base that already ends in the version keeps it once,
    /// so that both `https://api.example.com` and `https://api.example.com/v3` can be given.
    pub(crate) fn endpoint(&self, version: &str, path: &str) -> Url {
        let base = self.0.strip_suffix(version).unwrap_or(&self.0);
        Url::new(format!("{base}{version}{path}"))
    }
}

fn authority(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split(['/', '?']).next()
}

fn is_secure(url: &str) -> bool {
    let Some(host) = authority(url).filter(|host| !host.is_empty()) else {
        return false;
    };
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    url.starts_with("https://")
        || (url.starts_with("http://") && matches!(name, "localhost" | "127.0.0.1" | "[::1]"))
}

/// A key, token or password. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Checks that `text` can stand in a header: printable ASCII without spaces. `variable` is named in the error.
    pub fn parse(variable: &'static str, text: &str) -> Result<Self, SettingError> {
        let text = text.trim();
        if text.is_empty() {
            Err(SettingError { variable, problem: "is missing" })
        } else if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SettingError { variable, problem: "must be printable ASCII without spaces" })
        }
    }

    /// The secret itself, for a request.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The variable that narrows all sources to one area.
pub const AREA_VARIABLE: &str = "SOURCES_AREA";

/// Which part of the world is watched.
#[derive(Clone, Debug, PartialEq)]
pub enum Area {
    /// All of it.
    Everywhere,
    /// One country, ISO 3166 alpha-2, upper case.
    Country(String),
    /// A circle.
    Near {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Radius in kilometres.
        km: u32,
    },
}

impl Area {
    /// The area the settings name; the United States when they name none.
    pub(crate) fn from_settings(settings: &Settings<'_>) -> Result<Self, SettingError> {
        optional(settings, AREA_VARIABLE)
            .map_or_else(|| Ok(Self::Country("US".to_owned())), |text| text.parse())
    }
}

impl FromStr for Area {
    type Err = SettingError;

    /// `everywhere`, a country code (`US`), or `latitude,longitude,kilometres` (`45.5316,-122.6668,80`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = SettingError {
            variable: AREA_VARIABLE,
            problem: "must be `everywhere`, a two-letter country code, or `latitude,longitude,kilometres`",
        };
        let text = text.trim();
        if text == "everywhere" {
            return Ok(Self::Everywhere);
        }
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Ok(Self::Country(text.to_ascii_uppercase()));
        }
        let mut parts = text.split(',').map(str::trim);
        let (Some(latitude), Some(longitude), Some(km), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(error);
        };
        let degrees = |text: &str, bound: f64| text.parse::<f64>().ok().filter(|value| value.abs() <= bound);
        match (degrees(latitude, 90.0), degrees(longitude, 180.0), km.parse::<u32>()) {
            (Some(latitude), Some(longitude), Ok(km)) if km > 0 => Ok(Self::Near { latitude, longitude, km }),
            _ => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in ["https://api.seatgeek.com/2/", "http://localhost:8790/seatgeek", "http://127.0.0.1:8790"]
        {
            assert!(BaseUrl::parse("X", good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.seatgeek.com",
            "ftp://x",
            "https://",
            "",
            "https://user:pw@host",
            "https://a b",
            "http://localhost.example.com",
        ] {
            assert!(BaseUrl::parse("X", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_version_is_written_once_whether_the_base_has_it_or_not() {
        for base in ["https://www.eventbriteapi.com", "https://www.eventbriteapi.com/v3/"] {
            let url = BaseUrl::parse("X", base).unwrap().endpoint("/v3", "/events/").finish();
            assert_eq!(url, "https://www.eventbriteapi.com/v3/events/");
        }
    }

    #[test]
    fn an_origin_is_scheme_and_host() {
        let base = BaseUrl::parse("X", "http://localhost:8790/feed/offers.json?a=b").unwrap();
        assert_eq!(base.origin(), "http://localhost:8790");
        assert_eq!(
            BaseUrl::parse("X", "https://feeds.example.com").unwrap().origin(),
            "https://feeds.example.com"
        );
    }

    #[test]
    fn a_secret_is_never_printed_and_cannot_break_a_header() {
        let secret = Secret::parse("X", " abc ").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.reveal(), "abc");
        assert!(Secret::parse("X", "a\r\nb").is_err());
        assert_eq!(Secret::parse("X", " ").unwrap_err().to_string(), "X is missing");
    }

    #[test]
    fn an_area_reads_from_its_three_forms() {
        assert_eq!("everywhere".parse(), Ok(Area::Everywhere));
        assert_eq!("us".parse(), Ok(Area::Country("US".to_owned())));
        assert_eq!(
            "45.5316, -122.6668, 80".parse(),
            Ok(Area::Near { latitude: 45.5316, longitude: -122.6668, km: 80 })
        );
        for bad in ["", "USA", "91,0,5", "45,-122", "45,-122,0", "a,b,c", "NaN,0,1"] {
            assert!(bad.parse::<Area>().is_err(), "{bad}");
        }
    }
}
