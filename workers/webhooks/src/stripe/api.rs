//! The calls we make to Stripe: form-encoded, one time limit, no retry here (the person or Stripe itself tries again).

use std::time::Duration;

use edge::outbound;
use edge::{Failure, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use worker::Method;

use super::subscription::StripeSubscription;
use crate::config::Config;
use crate::form;

/// Shorter than Stripe waits for our answer to a webhook (not published; 10 s by reports).
const LIMIT: Duration = Duration::from_secs(8);

/// A page of Stripe's to send the browser to.
#[derive(Deserialize)]
struct Page {
    url: String,
}

/// What a person who buys is sent to Stripe with.
pub struct Checkout<'a> {
    /// Ours.
    pub user_id: &'a str,
    /// Stripe's, where they bought before.
    pub customer_id: Option<&'a str>,
    /// The same key gives the same page again for a day.
    pub idempotency_key: &'a str,
}

/// Stripe, with our account's key.
pub struct Stripe<'a> {
    config: &'a Config,
}

impl<'a> Stripe<'a> {
    pub const fn new(config: &'a Config) -> Self {
        Self { config }
    }

    /// A subscription as it is now.
    pub async fn subscription(&self, id: &str) -> Result<StripeSubscription> {
        let subscription: StripeSubscription =
            self.ask(Method::Get, &format!("/v1/subscriptions/{id}"), None, None).await?;
        // A shape we cannot date must not end what somebody pays for: fail, so that the event is sent again.
        if subscription.period_end_ms().is_none() || subscription.period_start_ms().is_none() {
            return Err(Failure::upstream("stripe showed a subscription without a period"));
        }
        Ok(subscription)
    }

    /// Begins a checkout; answers where the person pays.
    pub async fn checkout(&self, checkout: &Checkout<'_>) -> Result<String> {
        let success = format!("{}/account?checkout=done", self.config.site_url);
        let cancel = format!("{}/account?checkout=cancelled", self.config.site_url);
        let mut fields = vec![
            ("mode", "subscription"),
            ("line_items[0][price]", self.config.stripe_price_id.as_str()),
            ("line_items[0][quantity]", "1"),
            ("client_reference_id", checkout.user_id),
            ("subscription_data[metadata][user_id]", checkout.user_id),
            ("success_url", &success),
            ("cancel_url", &cancel),
        ];
        fields.extend(checkout.customer_id.map(|id| ("customer", id)));
        self.page("/v1/checkout/sessions", &fields, Some(checkout.idempotency_key)).await
    }

    /// Opens the portal; answers where it is.
    pub async fn portal(&self, customer_id: &str) -> Result<String> {
        let back = format!("{}/account", self.config.site_url);
        self.page("/v1/billing_portal/sessions", &[("customer", customer_id), ("return_url", &back)], None)
            .await
    }

    async fn page(&self, path: &str, fields: &[(&str, &str)], key: Option<&str>) -> Result<String> {
        let page: Page = self.ask(Method::Post, path, Some(form::encode(fields)), key).await?;
        Ok(page.url)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        key: Option<&str>,
    ) -> Result<T> {
        let bearer = format!("Bearer {}", self.config.stripe_key);
        let mut headers = vec![("authorization", bearer.as_str())];
        if body.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let url = format!("{}{path}", self.config.stripe_base);
        let answer = outbound::send(method, &url, &headers, body.as_deref(), LIMIT)
            .await
            .map_err(|why| Failure::upstream(format!("stripe gave no answer: {}", why.as_str())))?;
        if answer.status != 200 {
            return Err(Failure::upstream(format!("stripe answered {}", answer.status)));
        }
        serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::upstream(format!("stripe answered another shape: {error}")))
    }
}
