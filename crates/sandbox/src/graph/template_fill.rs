//! Sending a template: does it exist, do the parameters fit, and what does the customer read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::validate::{list, media, text};

/// Longest body after substitution, in characters.
const BODY_CHARS_MAX: usize = 1024;

/// The filled-in form (`header`, `body`, `footer`, `buttons`) and the price category.
pub(super) fn fill(
    content: &Value,
    templates: &[Value],
    known_media: &dyn Fn(&str) -> bool,
) -> Result<(Value, &'static str), Fault> {
    let name = text(&content["name"], "template['name']", 1, 512)?;
    let language = text(&content["language"]["code"], "template['language']['code']", 1, 20)?;
    let template = approved(templates, name, language)?;
    let given = match &content["components"] {
        Value::Null => &[] as &[Value],
        components => list(components, "template['components']", 0, 20)?,
    };
    for component in given {
        let kind = lower(&component["type"]);
        if !["header", "body", "button", "footer", "carousel", "limited_time_offer"].contains(&kind.as_str())
        {
            return Err(Fault::parameter(format!(
                "Param template['components'][..]['type'] is not valid: '{kind}'"
            )));
        }
    }
    let mut shown = json!({"name": name, "language": language, "buttons": []});
    for part in template["components"].as_array().into_iter().flatten() {
        match lower(&part["type"]).as_str() {
            "header" => shown["header"] = header(part, component(given, "header"), known_media)?,
            "body" => {
                let filled = fill_text(part, component(given, "body"), "body")?;
                if filled.chars().count() > BODY_CHARS_MAX {
                    return Err(Fault::coded(
                        132_005,
                        format!("body: more than {BODY_CHARS_MAX} characters after substitution"),
                    ));
                }
                shown["body"] = json!(filled);
            }
            "footer" => shown["footer"] = part["text"].clone(),
            "buttons" => shown["buttons"] = buttons(part, given)?,
            _ => {}
        }
    }
    let category = match lower(&template["category"]).as_str() {
        "marketing" => "marketing",
        "authentication" => "authentication",
        _ => "utility",
    };
    Ok((shown, category))
}

/// The variables of a text, in the order of first use: `1`, `2` or names.
pub(super) fn variables(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start + 2..].find("}}") else { break };
        let name = rest[start + 2..start + 2 + length].trim().to_owned();
        if !found.contains(&name) {
            found.push(name);
        }
        rest = &rest[start + 4 + length..];
    }
    found
}

fn approved<'t>(templates: &'t [Value], name: &str, language: &str) -> Result<&'t Value, Fault> {
    let template = templates.iter().find(|t| t["name"] == name && t["language"] == language);
    let gone = || Fault::coded(132_001, format!("template name ({name}) does not exist in {language}"));
    let template = template.ok_or_else(gone)?;
    match template["status"].as_str() {
        Some("APPROVED") => Ok(template),
        Some("PAUSED") => Err(Fault::coded(132_015, format!("Template {name} is paused due to low quality"))),
        Some("DISABLED") => Err(Fault::coded(132_016, format!("Template {name} is disabled"))),
        _ => Err(gone()),
    }
}

fn component<'v>(given: &'v [Value], kind: &str) -> Option<&'v Value> {
    given.iter().find(|component| lower(&component["type"]) == kind)
}

fn header(part: &Value, given: Option<&Value>, known_media: &dyn Fn(&str) -> bool) -> Result<Value, Fault> {
    let format = lower(&part["format"]);
    if format == "text" {
        return Ok(json!({"type": "text", "text": fill_text(part, given, "header")?}));
    }
    let parameters = given.and_then(|g| g["parameters"].as_array()).map_or(&[] as &[Value], Vec::as_slice);
    let [parameter] = parameters else {
        return Err(Fault::coded(
            132_012,
            format!("header: Format mismatch, expected {}, received UNKNOWN", format.to_uppercase()),
        ));
    };
    if lower(&parameter["type"]) != format {
        return Err(Fault::coded(
            132_012,
            format!(
                "header: Format mismatch, expected {}, received {}",
                format.to_uppercase(),
                lower(&parameter["type"]).to_uppercase()
            ),
        ));
    }
    if format == "location" {
        super::validate::location(&parameter["location"], "location")?;
    } else {
        media(&parameter[&format], &format, known_media)?;
    }
    let mut shown = Map::new();
    shown.insert("type".into(), json!(format));
    shown.insert(format.clone(), parameter[&format].clone());
    Ok(Value::Object(shown))
}

fn fill_text(part: &Value, given: Option<&Value>, place: &str) -> Result<String, Fault> {
    let pattern = part["text"].as_str().unwrap_or_default();
    let wanted = variables(pattern);
    let empty = Vec::new();
    let parameters = given.and_then(|g| g["parameters"].as_array()).unwrap_or(&empty);
    if parameters.len() != wanted.len() {
        return Err(Fault::coded(
            132_000,
            format!(
                "{place}: number of localizable_params ({}) does not match the expected number of params ({})",
                parameters.len(),
                wanted.len()
            ),
        ));
    }
    let named = wanted.iter().any(|name| name.parse::<u32>().is_err());
    let mut values = BTreeMap::new();
    for (at, parameter) in parameters.iter().enumerate() {
        let words = parameter_text(parameter, place)?;
        let name = if named {
            let name = parameter["parameter_name"].as_str().filter(|name| !name.is_empty());
            name.ok_or_else(|| Fault::parameter("Invalid parameter: Parameter name is missing or empty"))?
                .to_owned()
        } else {
            (at + 1).to_string()
        };
        if !wanted.contains(&name) || values.insert(name.clone(), words).is_some() {
            return Err(Fault::coded(
                132_000,
                format!("{place}: no variable {{{{{name}}}}} is left to fill"),
            ));
        }
    }
    Ok(substitute(pattern, &values))
}

/// Fills all holes in one pass, so that a value holding braces is never read as a hole.
fn substitute(pattern: &str, values: &BTreeMap<String, &str>) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start + 2..].find("}}") else { break };
        let end = start + 4 + length;
        filled.push_str(&rest[..start]);
        let name = rest[start + 2..end - 2].trim();
        filled.push_str(values.get(name).copied().unwrap_or(&rest[start..end]));
        rest = &rest[end..];
    }
    filled + rest
}

fn parameter_text<'v>(parameter: &'v Value, place: &str) -> Result<&'v str, Fault> {
    let value = match lower(&parameter["type"]).as_str() {
        "text" => &parameter["text"],
        "currency" => &parameter["currency"]["fallback_value"],
        "date_time" => &parameter["date_time"]["fallback_value"],
        other => {
            return Err(Fault::coded(
                132_012,
                format!("{place}: a parameter of type '{other}' does not fit a text"),
            ));
        }
    };
    let words = value.as_str().ok_or_else(|| Fault::missing("text"))?;
    if words.is_empty() {
        return Err(Fault::parameter(format!("{place}: Param text cannot be empty")));
    }
    if words.contains(['\n', '\t', '\r']) || words.contains("     ") {
        return Err(Fault::coded(
            132_018,
            format!(
                "{place}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
            ),
        ));
    }
    Ok(words)
}

fn buttons(part: &Value, given: &[Value]) -> Result<Value, Fault> {
    let mut shown = Vec::new();
    let defined = part["buttons"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let by_index =
        |at: usize| given.iter().find(|g| lower(&g["type"]) == "button" && index_of(g) == Some(at));
    if let Some(stray) = given
        .iter()
        .find(|g| lower(&g["type"]) == "button" && index_of(g).is_none_or(|at| at >= defined.len()))
    {
        return Err(Fault::invalid(format!("buttons: there is no button at index {}", stray["index"])));
    }
    for (at, button) in defined.iter().enumerate() {
        let kind = button["type"].as_str().unwrap_or_default().to_uppercase();
        let parameter = by_index(at).map(|g| &g["parameters"][0]);
        let mut row = json!({"type": kind, "text": button["text"]});
        match kind.as_str() {
            "QUICK_REPLY" => {
                let payload = parameter.and_then(|p| p["payload"].as_str());
                row["payload"] = payload.map_or_else(|| button["text"].clone(), |payload| json!(payload));
            }
            "URL" => {
                let url = button["url"].as_str().unwrap_or_default();
                let wanted = variables(url);
                let suffix = parameter.and_then(|p| p["text"].as_str());
                row["url"] = match (wanted.first(), suffix) {
                    (None, None) => json!(url),
                    (Some(name), Some(suffix)) if !suffix.is_empty() => {
                        json!(substitute(url, &BTreeMap::from([(name.clone(), suffix)])))
                    }
                    (Some(_), _) => {
                        return Err(Fault::missing(&format!(
                            "buttons: Button at index {at} of type Url requires a parameter"
                        )));
                    }
                    (None, Some(_)) => {
                        return Err(Fault::coded(
                            132_018,
                            format!("buttons: Button at index {at} takes no parameter"),
                        ));
                    }
                };
            }
            "PHONE_NUMBER" => row["phone_number"] = button["phone_number"].clone(),
            "COPY_CODE" => {
                let code = parameter.and_then(|p| p["coupon_code"].as_str());
                row["code"] =
                    json!(code.ok_or_else(|| Fault::missing(&format!("buttons[{at}]['coupon_code']")))?);
            }
            _ => {}
        }
        shown.push(row);
    }
    Ok(Value::Array(shown))
}

/// `index` may be a number or a text.
fn index_of(component: &Value) -> Option<usize> {
    let index = &component["index"];
    index.as_u64().and_then(|n| usize::try_from(n).ok()).or_else(|| index.as_str()?.parse().ok())
}

fn lower(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_come_once_and_in_order() {
        assert_eq!(variables("{{2}} and {{ 1 }}, {{2}} {{open"), ["2", "1"]);
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        let values = BTreeMap::from([("1".to_owned(), "{{2}}"), ("2".to_owned(), "two")]);
        assert_eq!(substitute("{{1}} {{ 2 }} {{3}}", &values), "{{2}} two {{3}}");
    }
}
