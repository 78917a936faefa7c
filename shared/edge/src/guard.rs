//! Who may come in: internal calls, the operator, signed-in people.

use contract::INTERNAL_KEY_HEADER;
use contract::internal::{Introspect, Principal};
use contract::problem::Code;
use subtle::ConstantTimeEq;
use worker::Env;

use crate::call::Call;
use crate::config::Vars;
use crate::failure::{Failure, Result};
use crate::service::Service;

/// Compares without telling by its time where two texts differ.
pub fn same_secret(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// Lets only our own Workers in. The answer to others is the one for a path that does not exist.
pub fn internal(call: &Call, vars: &Vars<'_>) -> Result<()> {
    let key = vars.required("INTERNAL_KEY")?;
    match call.header(INTERNAL_KEY_HEADER) {
        Some(sent) if same_secret(&sent, &key) => Ok(()),
        _ => Err(crate::serve::no_such_path()),
    }
}

/// Lets only the operator in.
pub fn operator(call: &Call, vars: &Vars<'_>) -> Result<()> {
    let token = vars.required("OPERATOR_TOKEN")?;
    match call.bearer() {
        Some(sent) if same_secret(&sent, &token) => Ok(()),
        _ => Err(Failure::new(Code::Unauthenticated, "This is for the operator: send the operator token.")),
    }
}

/// Who calls, as auth says at this moment; revocation and entitlements are never older than the request.
pub async fn signed_in(call: &Call, env: &Env) -> Result<Principal> {
    let Some(token) = call.bearer() else {
        return Err(Failure::new(
            Code::Unauthenticated,
            "Sign in and send the access token as a bearer token.",
        ));
    };
    Service::new(env, "AUTH", call.request_id())?
        .post("/internal/sessions/introspect", &Introspect { token })
        .await
}
