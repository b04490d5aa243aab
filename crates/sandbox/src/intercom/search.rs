//! The query language of `/contacts/search`, `/conversations/search` and `/tickets/search`: one filter, or groups
//! joined by AND and OR, two levels deep, at most 15 filters a group.

use serde_json::Value;

use super::refusal::Refusal;

/// Most filters of one group.
const GROUP_FILTERS_MAX: usize = 15;
/// Most levels of groups.
const LEVELS_MAX: usize = 2;
const DAY_SECONDS: i64 = 86_400;

/// What a field holds; decides which operators and values it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Boolean,
    /// Unix seconds, compared by whole days (UTC here, the workspace's zone in life).
    Date,
    /// Ids of tags: only `=` and `!=`.
    Tag,
}

/// A record type that can be searched.
pub(crate) trait Searchable {
    /// The kind of a field, or `None` when it cannot be searched.
    fn kind(&self, field: &str) -> Option<Kind>;
    /// The field's values in one record; empty when unset.
    fn values<'r>(&self, record: &'r Value, field: &str) -> Vec<&'r Value>;
}

/// A checked query.
#[derive(Debug)]
pub(crate) enum Query {
    Filter { field: String, kind: Kind, operator: Operator, wanted: Vec<Value> },
    Group { all: bool, parts: Vec<Query> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    In,
    NotIn,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    ContainsNot,
    StartsWith,
    EndsWith,
}

impl Query {
    /// Reads and checks `query` of a search body.
    pub(crate) fn parse(query: &Value, fields: &dyn Searchable) -> Result<Self, Refusal> {
        match query {
            Value::Null => Err(Refusal::missing("query")),
            Value::Object(_) => Self::parse_part(query, fields, 0),
            _ => Err(Refusal::invalid("query must be an object")),
        }
    }

    /// Whether a record is found.
    pub(crate) fn finds(&self, record: &Value, fields: &dyn Searchable) -> bool {
        match self {
            Self::Group { all: true, parts } => parts.iter().all(|part| part.finds(record, fields)),
            Self::Group { all: false, parts } => parts.iter().any(|part| part.finds(record, fields)),
            Self::Filter { field, kind, operator, wanted } => {
                let values = fields.values(record, field);
                holds(*kind, *operator, &values, wanted, field == "email")
            }
        }
    }

    fn parse_part(part: &Value, fields: &dyn Searchable, level: usize) -> Result<Self, Refusal> {
        let operator = match &part["operator"] {
            Value::String(operator) => operator.as_str(),
            Value::Null => return Err(Refusal::missing("operator")),
            _ => return Err(Refusal::invalid("operator must be a string")),
        };
        if part.get("field").is_none() && matches!(operator, "AND" | "OR") {
            return Self::parse_group(part, operator == "AND", fields, level + 1);
        }
        let field = match &part["field"] {
            Value::String(field) => field.clone(),
            Value::Null => return Err(Refusal::missing("field")),
            _ => return Err(Refusal::invalid("field must be a string")),
        };
        let kind = fields
            .kind(&field)
            .ok_or_else(|| Refusal::invalid(format!("{field} is not a searchable field")))?;
        let operator = Operator::parse(operator)?;
        if !operator.suits(kind) {
            let kind = format!("{kind:?}").to_lowercase();
            return Err(Refusal::invalid(format!(
                "Operator {} is not supported for the {kind} field {field}",
                operator.sign()
            )));
        }
        let value = part.get("value").ok_or_else(|| Refusal::missing("value"))?;
        let wanted = match (operator, value) {
            (Operator::In | Operator::NotIn, Value::Array(items)) => items.clone(),
            (Operator::In | Operator::NotIn, _) => {
                return Err(Refusal::invalid(format!(
                    "Operator {} needs an array as value",
                    operator.sign()
                )));
            }
            (_, Value::Array(_) | Value::Object(_)) => {
                return Err(Refusal::mismatch(format!(
                    "The value for {field} must not be a list or an object"
                )));
            }
            (_, value) => vec![value.clone()],
        };
        if let Some(bad) = wanted.iter().find(|value| !fits(kind, value)) {
            let kind = format!("{kind:?}").to_lowercase();
            return Err(Refusal::mismatch(format!(
                "{bad} is not a valid value for the {kind} field {field}"
            )));
        }
        Ok(Self::Filter { field, kind, operator, wanted })
    }

    fn parse_group(part: &Value, all: bool, fields: &dyn Searchable, level: usize) -> Result<Self, Refusal> {
        if level > LEVELS_MAX {
            return Err(Refusal::invalid(format!("Queries may be nested {LEVELS_MAX} levels deep at most")));
        }
        let parts = part["value"]
            .as_array()
            .ok_or_else(|| Refusal::invalid("The value of AND and OR must be an array of filters"))?;
        if parts.is_empty() || parts.len() > GROUP_FILTERS_MAX {
            return Err(Refusal::invalid(format!(
                "A group holds 1 to {GROUP_FILTERS_MAX} filters; this one has {}",
                parts.len()
            )));
        }
        let parts =
            parts.iter().map(|part| Self::parse_part(part, fields, level)).collect::<Result<_, _>>()?;
        Ok(Self::Group { all, parts })
    }
}

impl Operator {
    const ALL: [(Self, &'static str); 12] = [
        (Self::Equal, "="),
        (Self::NotEqual, "!="),
        (Self::In, "IN"),
        (Self::NotIn, "NIN"),
        (Self::Greater, ">"),
        (Self::Less, "<"),
        (Self::GreaterOrEqual, ">="),
        (Self::LessOrEqual, "<="),
        (Self::Contains, "~"),
        (Self::ContainsNot, "!~"),
        (Self::StartsWith, "^"),
        (Self::EndsWith, "$"),
    ];

    fn parse(sign: &str) -> Result<Self, Refusal> {
        let found = Self::ALL.iter().find(|(_, known)| *known == sign).map(|(operator, _)| *operator);
        found.ok_or_else(|| Refusal::invalid(format!("Operator {sign} is not valid")))
    }

    fn sign(self) -> &'static str {
        Self::ALL.iter().find(|(operator, _)| *operator == self).map_or("?", |(_, sign)| sign)
    }

    /// The table of the reference (connectors, §1.2).
    fn suits(self, kind: Kind) -> bool {
        match self {
            Self::Equal => true,
            Self::NotEqual => kind != Kind::Date,
            Self::In | Self::NotIn => !matches!(kind, Kind::Date | Kind::Tag),
            Self::Greater | Self::Less => matches!(kind, Kind::Integer | Kind::Date),
            Self::GreaterOrEqual | Self::LessOrEqual => kind == Kind::Integer,
            Self::Contains | Self::ContainsNot | Self::StartsWith | Self::EndsWith => kind == Kind::Text,
        }
    }
}

/// null asks for "unset" and is taken for every kind.
fn fits(kind: Kind, value: &Value) -> bool {
    match kind {
        _ if value.is_null() => true,
        Kind::Text | Kind::Tag => value.is_string(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer => value.is_number(),
        // Dates come as numbers or as digits in quotes; both are in use.
        Kind::Date => seconds(value).is_some(),
    }
}

fn holds(kind: Kind, operator: Operator, values: &[&Value], wanted: &[Value], fold: bool) -> bool {
    let equal = |wanted: &Value| {
        if wanted.is_null() {
            values.is_empty()
        } else {
            values.iter().any(|value| same(kind, value, wanted, fold))
        }
    };
    let any = |test: &dyn Fn(&Value, &Value) -> bool| {
        wanted.iter().any(|wanted| values.iter().any(|value| test(value, wanted)))
    };
    let text = |test: fn(&str, &str) -> bool| {
        any(&|value, wanted| match (value.as_str(), wanted.as_str()) {
            (Some(value), Some(wanted)) => test(&value.to_lowercase(), &wanted.to_lowercase()),
            _ => false,
        })
    };
    match operator {
        Operator::Equal | Operator::In => wanted.iter().any(equal),
        Operator::NotEqual | Operator::NotIn => !wanted.iter().any(equal),
        Operator::Greater => any(&|value, wanted| match kind {
            // "Greater" begins with the next day.
            Kind::Date => day(value).zip(day(wanted)).is_some_and(|(value, wanted)| value > wanted),
            _ => number(value).zip(number(wanted)).is_some_and(|(value, wanted)| value > wanted),
        }),
        Operator::Less => any(&|value, wanted| match kind {
            Kind::Date => day(value).zip(day(wanted)).is_some_and(|(value, wanted)| value < wanted),
            _ => number(value).zip(number(wanted)).is_some_and(|(value, wanted)| value < wanted),
        }),
        Operator::GreaterOrEqual => any(&|value, wanted| {
            number(value).zip(number(wanted)).is_some_and(|(value, wanted)| value >= wanted)
        }),
        Operator::LessOrEqual => any(&|value, wanted| {
            number(value).zip(number(wanted)).is_some_and(|(value, wanted)| value <= wanted)
        }),
        Operator::Contains => text(|value, wanted| value.contains(wanted)),
        Operator::ContainsNot => !text(|value, wanted| value.contains(wanted)),
        Operator::StartsWith => text(|value, wanted| value.starts_with(wanted)),
        Operator::EndsWith => text(|value, wanted| value.ends_with(wanted)),
    }
}

fn same(kind: Kind, value: &Value, wanted: &Value, fold: bool) -> bool {
    match kind {
        Kind::Date => day(value).is_some() && day(value) == day(wanted),
        Kind::Integer => number(value)
            .zip(number(wanted))
            .is_some_and(|(value, wanted)| (value - wanted).abs() < f64::EPSILON),
        Kind::Text if fold => {
            let lower = |v: &Value| v.as_str().map(str::to_lowercase);
            lower(value).is_some() && lower(value) == lower(wanted)
        }
        _ => value == wanted,
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn day(value: &Value) -> Option<i64> {
    seconds(value).map(|at| at.div_euclid(DAY_SECONDS))
}

/// Sorts found records by `sort` of the body: `{"field": "created_at", "order": "ascending" | "descending"}`.
/// Without it the newest come first.
pub(crate) fn sorted(
    mut found: Vec<Value>,
    body: &Value,
    fields: &dyn Searchable,
) -> Result<Vec<Value>, Refusal> {
    let sort = &body["sort"];
    let field = sort["field"].as_str().unwrap_or("created_at").to_owned();
    let ascending = match sort["order"].as_str() {
        Some("ascending") => true,
        Some("descending") | None => false,
        Some(_) => return Err(Refusal::invalid("sort.order must be ascending or descending")),
    };
    if fields.kind(&field).is_none() {
        return Err(Refusal::invalid(format!("{field} is not a searchable field")));
    }
    found.sort_by(|a, b| {
        let key = |record: &Value| {
            let value = fields.values(record, &field).first().copied().cloned().unwrap_or(Value::Null);
            (value.as_f64().unwrap_or(0.0), value.as_str().unwrap_or_default().to_lowercase())
        };
        let (a, b) = (key(a), key(b));
        let order = a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1));
        if ascending { order } else { order.reverse() }
    });
    Ok(found)
}

#[cfg(test)]
mod tests;
