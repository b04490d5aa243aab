//! The only place that reads the system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Epoch milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
