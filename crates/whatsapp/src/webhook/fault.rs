//! The `errors` that Meta reports in webhooks, on three levels and in three shapes (§4).

use serde::{Deserialize, Serialize};

use crate::json::Object;

/// One error of `value.errors[]`, `messages[].errors[]` or `statuses[].errors[]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What to do about it: [`crate::error::after_failed_status`].
    pub code: i64,
    pub title: Option<String>,
    pub message: Option<String>,
    /// From `error_data.details`, or the old top-level `details`.
    pub details: Option<String>,
    pub href: Option<String>,
}

impl Fault {
    /// The most telling sentence there is, for people.
    pub fn sentence(&self) -> &str {
        [&self.details, &self.message, &self.title].into_iter().flatten().next().map_or("", String::as_str)
    }

    pub(crate) fn read_all(parent: &Object<'_>) -> Vec<Self> {
        parent.objects("errors").iter().map(Self::read).collect()
    }

    fn read(error: &Object<'_>) -> Self {
        let nested = error.object("error_data").and_then(|data| data.text("details"));
        Self {
            code: error.integer("code").unwrap_or_default(),
            title: error.text("title"),
            message: error.text("message"),
            details: nested.or_else(|| error.text("details")).or_else(|| error.text("error_data")),
            href: error.text("href"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(errors: &str) -> Vec<Fault> {
        Fault::read_all(&Object::read(&format!(r#"{{"errors":{errors}}}"#)).unwrap())
    }

    #[test]
    fn the_three_shapes_say_the_same() {
        let new =
            &faults(r#"[{"code":131051,"title":"T","message":"M","error_data":{"details":"D"},"href":"H"}]"#)
                [0];
        assert_eq!((new.code, new.sentence(), new.href.as_deref()), (131_051, "D", Some("H")));
        assert_eq!(faults(r#"[{"code":131051,"title":"T","details":"D"}]"#)[0].sentence(), "D");
        assert_eq!(
            faults(r#"[{"code":"131053","title":"T"}]"#)[0],
            Fault { code: 131_053, title: Some("T".into()), ..Fault::default() }
        );
    }

    #[test]
    fn what_is_no_list_of_errors_is_none() {
        assert!(faults("{}").is_empty() && faults("[1,null,\"x\"]").is_empty());
    }
}
