//! Reading fields as providers really send them, and pages of which one entry may be bad.
//!
//! A page is decoded straight into small typed structs. Only when that fails is it cut into raw entries, each
//! decoded alone, so that the usual page pays nothing and a bad entry costs only itself.

use std::fmt;
use std::marker::PhantomData;

use prices::{AbsentReason, Currency, FeeBasis, Money, Price};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::adapter::{Page, Rejected};
use crate::event::{EventStatus, SourceEvent};

/// A page's envelope around entries of type `T`: what is left of it once the entries are taken out.
pub(crate) trait Envelope<T> {
    /// The rest: paging, error codes.
    type Meta;
    /// Takes the entries out; `None` when the envelope has no list of entries at all.
    fn open(self) -> (Option<Vec<T>>, Self::Meta);
}

/// The entries of a page, each readable or not, and the rest of its envelope.
pub(crate) type Entries<T, M> = (Option<Vec<Result<T, Rejected>>>, M);

/// Decodes `body` whole as `Whole` (an envelope of `T`), or entry by entry through `Cut` (the same envelope of raw
/// entries). `None` when even the envelope cannot be read.
pub(crate) fn page<'a, T, Whole, Cut, M>(body: &'a str) -> Option<Entries<T, M>>
where
    T: Deserialize<'a>,
    Whole: Deserialize<'a> + Envelope<T, Meta = M>,
    Cut: Deserialize<'a> + Envelope<&'a RawValue, Meta = M>,
{
    if let Ok(whole) = serde_json::from_str::<Whole>(body) {
        let (entries, meta) = whole.open();
        return Some((entries.map(|list| list.into_iter().map(Ok).collect()), meta));
    }
    let (entries, meta) = serde_json::from_str::<Cut>(body).ok()?.open();
    Some((entries.map(|list| list.into_iter().map(entry).collect()), meta))
}

fn entry<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Rejected> {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(alias = "event_id")]
        id: Option<Id>,
    }
    serde_json::from_str(raw.get()).map_err(|_| {
        let named = serde_json::from_str::<Numbered>(raw.get()).ok();
        Rejected { id: named.and_then(|named| named.id?.checked()), reason: "malformed".to_owned() }
    })
}

impl Page {
    /// Turns entries into events by `read`, which answers `None` for what is no event of its own.
    pub(crate) fn gather<T>(
        &mut self,
        entries: Vec<Result<T, Rejected>>,
        mut read: impl FnMut(T, &mut Self) -> Result<Option<SourceEvent>, Rejected>,
    ) {
        for entry in entries {
            match entry.and_then(|entry| read(entry, self)) {
                Ok(Some(event)) => self.events.push(event),
                Ok(None) => self.skipped = self.skipped.saturating_add(1),
                Err(rejected) => self.rejected.push(rejected),
            }
        }
    }

    /// `known`, or `Unknown` with the provider's word noted once.
    pub(crate) fn status(&mut self, known: Option<EventStatus>, word: &str) -> EventStatus {
        known.unwrap_or_else(|| {
            self.note("status", word);
            EventStatus::Unknown
        })
    }

    /// Notes a word of `field` that is new to us, once.
    pub(crate) fn note(&mut self, field: &str, word: &str) {
        let plain: String =
            word.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(32).collect();
        let note = format!("{field}:{plain}");
        if !plain.is_empty() && !self.unknown_words.contains(&note) {
            self.unknown_words.push(note);
        }
    }
}

/// An entry that cannot become an event.
pub(crate) fn reject(id: &str, reason: &str) -> Rejected {
    Rejected { id: Some(id.to_owned()).filter(|id| !id.is_empty()), reason: reason.to_owned() }
}

/// The entry's id, or the rejection that says there is none.
pub(crate) fn id(found: Option<Id>) -> Result<String, Rejected> {
    found.and_then(Id::checked).ok_or_else(|| reject("", "no_id"))
}

/// The entry's name, trimmed, or the rejection that says there is none.
pub(crate) fn name(found: Option<String>, id: &str) -> Result<String, Rejected> {
    text(found).ok_or_else(|| reject(id, "no_name"))
}

/// Text without the stray spaces that venue and city names carry \[O\]; `None` when nothing is left.
pub(crate) fn text(found: Option<String>) -> Option<String> {
    found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A quoted price, or `Unknown` where number or currency cannot be true. 0 is a reason, never a price.
pub(crate) fn quoted(amount: Option<Decimal<'_>>, currency: Option<&str>, basis: FeeBasis) -> Price {
    amount
        .zip(currency.and_then(|code| code.trim().parse::<Currency>().ok()))
        .and_then(|(amount, currency)| Money::from_decimal(amount.0, currency))
        .map_or(Price::absent(AbsentReason::Unknown), |money| Price::quoted(money, basis))
}

/// A count as people may see it: 0 beside a price means that the market does not know \[O\].
pub(crate) fn count(found: Option<Count>, price: &Price) -> Option<u32> {
    found.and_then(|count| count.0).filter(|count| *count > 0 || price.money().is_none())
}

/// A missing or `null` field as its default.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A field whose absence and whose `null` mean different things; use with `#[serde(default)]`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Field<T> {
    /// The field is not there.
    #[default]
    Absent,
    /// It is `null`.
    Null,
    /// It has a value.
    Given(T),
}

impl<T> Field<T> {
    /// Whether the field is there at all.
    pub(crate) const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// The value, where there is one.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Null, Self::Given))
    }
}

/// The text of a JSON number, so that money is read digit by digit and never through a float.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<'a>(pub(crate) &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Decimal<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'a RawValue>::deserialize(deserializer)?.get();
        // Some endpoints send amounts as strings ("45.00") [D: Commerce v2].
        let number = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        if number.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            Ok(Self(number))
        } else {
            Err(de::Error::custom("expected a number"))
        }
    }
}

/// An id sent as number or text.
#[derive(Clone, Debug)]
pub(crate) struct Id(String);

impl Id {
    /// An id from text.
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    /// Whether it is `id`.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.0.trim() == id
    }

    /// The id as text, or `None` when it is empty or too long to be one.
    pub(crate) fn checked(self) -> Option<String> {
        text(Some(self.0)).filter(|id| id.len() <= 128 && !id.contains(char::is_control))
    }
}

/// A count sent as integer; a negative or fractional one is no count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count(Option<u32>);

impl Count {
    /// A count from text; anything but digits is no count.
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.trim().parse().ok())
    }

    /// The number, where it is one.
    pub(crate) const fn get(self) -> Option<u32> {
        self.0
    }
}

/// Something of which only the name is read. One type for all providers: each decoder costs every Worker its size.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) name: Option<String>,
}

/// Something of which id and name are read.
#[derive(Deserialize)]
pub(crate) struct Entity {
    pub(crate) id: Option<Id>,
    pub(crate) name: Option<String>,
}

/// A coordinate sent as number or text; `None` when it is neither.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Degrees(Option<f64>);

/// A pair of coordinates, both or neither. (0, 0) lies in the sea and means "not known" \[I\].
pub(crate) fn place(latitude: Option<Degrees>, longitude: Option<Degrees>) -> (Option<f64>, Option<f64>) {
    let within = |found: Option<Degrees>, bound: f64| found?.0.filter(|value| value.abs() <= bound);
    match (within(latitude, 90.0), within(longitude, 180.0)) {
        (Some(lat), Some(lon)) if lat != 0.0 || lon != 0.0 => (Some(lat), Some(lon)),
        _ => (None, None),
    }
}

/// What a scalar field may be made from.
trait Scalar: Sized {
    fn from_number(text: &str) -> Option<Self>;
    fn from_text(text: &str) -> Option<Self>;
}

impl Scalar for Id {
    fn from_number(text: &str) -> Option<Self> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| Self(text.to_owned()))
    }
    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }
}

impl Scalar for Count {
    fn from_number(text: &str) -> Option<Self> {
        Some(Self(text.parse().ok()))
    }
    fn from_text(_: &str) -> Option<Self> {
        None
    }
}

impl Scalar for Degrees {
    fn from_number(text: &str) -> Option<Self> {
        Some(Self(text.parse().ok()))
    }
    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.trim().parse().ok()))
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: Scalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or text")
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::from_number(&value.to_string()).ok_or_else(|| E::custom("unexpected number"))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::from_number(&value.to_string()).ok_or_else(|| E::custom("unexpected number"))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        T::from_number(&value.to_string()).ok_or_else(|| E::custom("unexpected number"))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        T::from_text(value).ok_or_else(|| E::custom("unexpected text"))
    }
}

macro_rules! scalar {
    ($($name:ty),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(ScalarVisitor(PhantomData))
            }
        }
    )+};
}
scalar!(Id, Count, Degrees);

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(json: &str) -> Price {
        quoted(serde_json::from_str(json).unwrap(), Some("USD"), FeeBasis::AllIn)
    }

    #[test]
    fn money_is_read_from_the_digits_themselves() {
        assert_eq!(usd("97.50").money().unwrap().amount_minor, 9_750);
        assert_eq!(usd("\"45.00\"").money().unwrap().amount_minor, 4_500);
        // 1.005 is 1.00499999999999989… as a float.
        assert_eq!(usd("1.005").money().unwrap().amount_minor, 101);
        for nothing in ["0", "0.00", "-3", "1e3", "null"] {
            assert_eq!(usd(nothing), Price::absent(AbsentReason::Unknown), "{nothing}");
        }
        for wrong in ["true", "{}", "\"free\"", "[]"] {
            assert!(serde_json::from_str::<Decimal<'_>>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_text_whatever_it_was_sent_as() {
        let id = |json: &str| serde_json::from_str::<Id>(json).ok().and_then(Id::checked);
        assert_eq!(id("4702186").as_deref(), Some("4702186"));
        assert_eq!(id("\" Z7r9jZ1Aej-rk\"").as_deref(), Some("Z7r9jZ1Aej-rk"));
        for bad in ["\"\"", "-1", "1.5", "true", "\"a\\u0000b\""] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn zero_tickets_beside_a_price_means_unknown() {
        let zero = serde_json::from_str("0").unwrap();
        assert_eq!(count(zero, &usd("45")), None);
        assert_eq!(count(zero, &Price::absent(AbsentReason::SoldOut)), Some(0));
        assert_eq!(count(serde_json::from_str("-1").unwrap(), &usd("45")), None);
    }

    #[test]
    fn coordinates_come_as_text_or_numbers_and_null_island_is_no_place() {
        let degrees = |json: &str| serde_json::from_str::<Degrees>(json).ok();
        assert_eq!(place(degrees("\"40.66\""), degrees("-74.21")), (Some(40.66), Some(-74.21)));
        assert_eq!(place(degrees("0"), degrees("0.0")), (None, None));
        assert_eq!(place(degrees("95"), degrees("10")), (None, None));
        assert_eq!(place(degrees("\"north\""), degrees("10")), (None, None));
    }
}
