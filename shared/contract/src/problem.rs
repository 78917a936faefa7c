//! What the API says when it cannot do what was asked: RFC 9457 `application/problem+json` with a stable code.

use serde::{Deserialize, Serialize};

use crate::ids::RequestId;

/// Stable machine-readable codes. Add, never rename; a client may match on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body is not JSON of the expected shape.
    InvalidBody,
    /// A path or query parameter is not of the expected form.
    InvalidParameter,
    /// The values are well-formed but not acceptable; `errors` says which.
    ValidationFailed,
    /// The body is larger than this endpoint takes.
    BodyTooLarge,
    /// The content type is not the one this endpoint takes.
    UnsupportedMediaType,
    /// No such thing, or not yours to know of.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// No or no valid credentials: sign in.
    Unauthenticated,
    /// E-mail or password is wrong.
    WrongCredentials,
    /// The e-mail address is not verified yet.
    EmailUnverified,
    /// Your plan does not include this.
    UpgradeRequired,
    /// You have as many as your plan allows.
    LimitReached,
    /// It exists already, or changed meanwhile.
    Conflict,
    /// A link or code that is used, wrong or too old.
    TokenInvalid,
    /// A signature does not match.
    SignatureInvalid,
    /// Too many requests: wait for `Retry-After`.
    RateLimited,
    /// Something we depend on did not answer well.
    UpstreamFailed,
    /// The service is set up wrongly: an operator must act.
    Misconfigured,
    /// We failed.
    Internal,
    /// A stored piece of this event's price history is damaged or missing: an operator must mend it.
    HistoryDamaged,
}

impl Code {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidBody | Self::InvalidParameter | Self::TokenInvalid => 400,
            Self::Unauthenticated | Self::WrongCredentials | Self::SignatureInvalid => 401,
            Self::UpgradeRequired => 402,
            Self::EmailUnverified | Self::LimitReached => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::ValidationFailed => 422,
            Self::RateLimited => 429,
            Self::Internal | Self::HistoryDamaged => 500,
            Self::UpstreamFailed => 502,
            Self::Misconfigured => 503,
        }
    }

    /// One line for people, the same for every occurrence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidBody => "The body could not be read",
            Self::InvalidParameter => "A parameter could not be read",
            Self::ValidationFailed => "Some values cannot be accepted",
            Self::BodyTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "Wrong content type",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Unauthenticated => "Please sign in",
            Self::WrongCredentials => "E-mail or password is wrong",
            Self::EmailUnverified => "Please verify your e-mail address first",
            Self::UpgradeRequired => "Your plan does not include this",
            Self::LimitReached => "You have reached your plan's limit",
            Self::Conflict => "It conflicts with what is there",
            Self::TokenInvalid => "This link or code is no longer valid",
            Self::SignatureInvalid => "The signature does not match",
            Self::RateLimited => "Too many requests",
            Self::UpstreamFailed => "A service we depend on did not answer",
            Self::Misconfigured => "The service is not set up correctly",
            Self::Internal => "Something went wrong on our side",
            Self::HistoryDamaged => "Part of this price history is damaged",
        }
    }
}

/// One value that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field, as named in the body or query.
    pub field: String,
    /// What would be acceptable, as a sentence.
    pub detail: String,
}

/// The body of every error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that names the kind: `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// What happened this time and what to do.
    pub detail: String,
    /// Quote it when you ask for help.
    pub request_id: RequestId,
    /// The values that cannot be accepted, if that is the trouble.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_is_pinned() {
        let problem = Problem {
            kind: "/problems/not_found".to_owned(),
            title: Code::NotFound.title().to_owned(),
            status: Code::NotFound.status(),
            code: Code::NotFound,
            detail: "There is no such event.".to_owned(),
            request_id: RequestId::from_bytes([0; 16]),
            errors: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&problem).unwrap(),
            r#"{"type":"/problems/not_found","title":"Not found","status":404,"code":"not_found","detail":"There is no such event.","request_id":"req_00000000000040008000000000000000"}"#
        );
    }
}
