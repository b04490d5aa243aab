//! `wait`: for a time, or until a moment.

use crate::template::Template;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Wait {
    pub until: Until,
}

#[derive(Debug, Clone)]
pub enum Until {
    /// `for: 25h`
    For(Duration),
    /// `until: "{{time}}"`: a date or a time, RFC 3339 or as `expect: date` keeps it.
    Moment(Template),
}
