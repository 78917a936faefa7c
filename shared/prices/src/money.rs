//! Money as integer minor units with a currency. No float touches it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// The three-letter code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimal places the currency's major unit has (ISO 4217, list one).
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// Minor units in one major unit: 100 for USD, 1 for JPY.
    pub fn minor_per_major(self) -> i64 {
        10_i64.saturating_pow(self.exponent())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not three ASCII letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACurrency;

impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency)?;
        if code.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(code.map(|letter| letter.to_ascii_uppercase())))
        } else {
            Err(NotACurrency)
        }
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse()
            .map_err(|NotACurrency| serde::de::Error::custom("expected a three-letter ISO 4217 currency"))
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("ISO 4217 code"))
            .pattern(Some("^[A-Z]{3}$"))
            .build()
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Currency {}

/// An amount of money in minor units (cents for USD, yen for JPY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// Minor units of `currency`.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// More minor units than this are no price of a ticket: in the smallest minor units there are (IDR) it is some
    /// USD 600,000. Sums of thousands of such amounts stay exact where the numbers of JSON are floats (2^53).
    pub const MOST_MINOR: i64 = 1_000_000_000_000;

    /// `amount_minor` minor units of `currency`.
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Reads a decimal number as markets write it in JSON ("45", "45.5", "45.50", "1e2" is refused), exactly.
    ///
    /// Digits beyond the currency's minor unit are rounded half up, away from zero is never needed: a negative
    /// amount is refused, because no ticket has one, and so is one above [`Self::MOST_MINOR`].
    pub fn from_decimal(text: &str, currency: Currency) -> Option<Self> {
        let (major, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if major.is_empty() || !digits(major) || !digits(fraction) {
            return None;
        }
        let exponent = usize::try_from(currency.exponent()).ok()?;
        let mut minor = major.parse::<i64>().ok()?.checked_mul(currency.minor_per_major())?;
        let mut unit = currency.minor_per_major();
        for digit in fraction.bytes().take(exponent) {
            unit = unit.checked_div(10)?;
            minor = minor.checked_add(i64::from(digit.checked_sub(b'0')?).checked_mul(unit)?)?;
        }
        if fraction.as_bytes().get(exponent).is_some_and(|next| *next >= b'5') {
            minor = minor.checked_add(1)?;
        }
        (minor <= Self::MOST_MINOR).then_some(Self::new(minor, currency))
    }
}

impl fmt::Display for Money {
    /// As people in messages read it: `$45.50`, `$45`, `EUR 12.30`, `JPY 900`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_major = self.currency.minor_per_major().unsigned_abs();
        let minor = self.amount_minor.unsigned_abs();
        let (major, rest) =
            (minor.checked_div(per_major).unwrap_or(minor), minor.checked_rem(per_major).unwrap_or(0));
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        if self.currency == Currency::USD {
            write!(f, "{sign}${major}")?;
        } else {
            write!(f, "{} {sign}{major}", self.currency)?;
        }
        if rest > 0 {
            let width = usize::try_from(self.currency.exponent()).unwrap_or(2);
            write!(f, ".{rest:0width$}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Option<i64> {
        Money::from_decimal(text, Currency::USD).map(|money| money.amount_minor)
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(usd("45"), Some(4_500));
        assert_eq!(usd("45.5"), Some(4_550));
        assert_eq!(usd("35.54"), Some(3_554));
        assert_eq!(usd("0.1"), Some(10));
        assert_eq!(usd("19.999"), Some(2_000));
        assert_eq!(usd("19.994"), Some(1_999));
    }

    #[test]
    fn text_that_is_no_amount_is_refused() {
        for text in ["", "-3", "1e2", "abc", "1.2.3", ".5", "99999999999999999999"] {
            assert_eq!(usd(text), None, "{text}");
        }
    }

    #[test]
    fn a_currency_keeps_its_own_decimal_places() {
        let yen = "JPY".parse().unwrap();
        assert_eq!(Money::from_decimal("900", yen).unwrap().amount_minor, 900);
        assert_eq!(Money::new(900, yen).to_string(), "JPY 900");
        assert_eq!(Money::new(4_550, Currency::USD).to_string(), "$45.50");
        assert_eq!(Money::new(4_500, Currency::USD).to_string(), "$45");
        assert_eq!(Money::new(1_005, "EUR".parse().unwrap()).to_string(), "EUR 10.05");
    }

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!("usd".parse::<Currency>(), Ok(Currency::USD));
        assert!("US".parse::<Currency>().is_err());
        assert!(serde_json::from_str::<Currency>("\"U$D\"").is_err());
    }
}
