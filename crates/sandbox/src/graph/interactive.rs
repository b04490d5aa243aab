//! Interactive messages: reply buttons, lists, URL buttons, location and contact requests, Flows, carousels, products.

use std::collections::HashSet;

use serde_json::Value;

use super::fault::Fault;
use super::validate::{is_web_address, list, media, optional_text, text};

/// Most characters of an interactive body. Meta's page says 4096 for lists, its OpenAPI file 1024; the lower holds.
const BODY_CHARS_MAX: usize = 1024;
const FOOTER_CHARS_MAX: usize = 60;
const HEADER_CHARS_MAX: usize = 60;
const BUTTONS_MAX: usize = 3;
const BUTTON_TITLE_CHARS_MAX: usize = 20;
const BUTTON_ID_CHARS_MAX: usize = 256;
const SECTIONS_MAX: usize = 10;
/// Over all sections together.
const ROWS_MAX: usize = 10;
const ROW_TITLE_CHARS_MAX: usize = 24;
const ROW_DESCRIPTION_CHARS_MAX: usize = 72;
const ROW_ID_CHARS_MAX: usize = 200;
const CARD_BODY_CHARS_MAX: usize = 160;

/// Checks one `interactive` object.
pub(crate) fn check(content: &Value, known_media: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
    let kind = text(&content["type"], "interactive['type']", 1, 64)?;
    let action = &content["action"];
    if !action.is_object() {
        return Err(Fault::missing("interactive['action']"));
    }
    match kind {
        "button" => {
            frame(content, &["text", "image", "video", "document"], known_media)?;
            buttons(action)
        }
        "list" => {
            frame(content, &["text"], known_media)?;
            sections(action)
        }
        "cta_url" => {
            frame(content, &["text", "image", "video", "document"], known_media)?;
            url_button(action, "interactive['action']")
        }
        "location_request_message" | "request_contact_info" => {
            frame(content, &[], known_media)?;
            let name = if kind == "request_contact_info" { kind } else { "send_location" };
            named(action, name)
        }
        "flow" => {
            frame(content, &["text", "image", "video", "document"], known_media)?;
            flow(action)
        }
        "carousel" => {
            text(&content["body"]["text"], "interactive['body']['text']", 1, BODY_CHARS_MAX)?;
            carousel(action, known_media)
        }
        "product"
        | "product_list"
        | "catalog_message"
        | "address_message"
        | "order_details"
        | "order_status"
        | "call_permission_request"
        | "voice_call" => Ok(()),
        other => Err(Fault::parameter(format!(
            "Param interactive['type'] must be one of {{BUTTON, LIST, CTA_URL, LOCATION_REQUEST_MESSAGE, \
             REQUEST_CONTACT_INFO, FLOW, CAROUSEL, PRODUCT, PRODUCT_LIST, CATALOG_MESSAGE}} - got \"{other}\"."
        ))),
    }
}

fn frame(content: &Value, headers: &[&str], known_media: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
    text(&content["body"]["text"], "interactive['body']['text']", 1, BODY_CHARS_MAX)?;
    if !content["footer"].is_null() {
        text(&content["footer"]["text"], "interactive['footer']['text']", 1, FOOTER_CHARS_MAX)?;
    }
    let header = &content["header"];
    if header.is_null() {
        return Ok(());
    }
    let kind = text(&header["type"], "interactive['header']['type']", 1, 20)?;
    if !headers.contains(&kind) {
        return Err(Fault::invalid(format!("interactive['header']['type']: {kind} is not allowed here")));
    }
    if kind == "text" {
        return text(&header["text"], "interactive['header']['text']", 1, HEADER_CHARS_MAX).map(drop);
    }
    media(&header[kind], kind, known_media)
}

fn buttons(action: &Value) -> Result<(), Fault> {
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for (at, button) in
        list(&action["buttons"], "interactive['action']['buttons']", 1, BUTTONS_MAX)?.iter().enumerate()
    {
        let path = format!("interactive['action']['buttons'][{at}]");
        if button["type"] != "reply" {
            return Err(Fault::parameter(format!("Param {path}['type'] must be one of {{REPLY}}.")));
        }
        let id = text(&button["reply"]["id"], &format!("{path}['reply']['id']"), 1, BUTTON_ID_CHARS_MAX)?;
        let title =
            text(&button["reply"]["title"], &format!("{path}['reply']['title']"), 1, BUTTON_TITLE_CHARS_MAX)?;
        if id.trim() != id {
            return Err(Fault::invalid(format!("{path}['reply']['id']: no spaces at its ends")));
        }
        if !ids.insert(id) {
            return Err(Fault::invalid(format!("Duplicated button id: {id}")));
        }
        if !titles.insert(title) {
            return Err(Fault::invalid(format!("Duplicated button title: {title}")));
        }
    }
    Ok(())
}

fn sections(action: &Value) -> Result<(), Fault> {
    text(&action["button"], "interactive['action']['button']", 1, BUTTON_TITLE_CHARS_MAX)?;
    let sections = list(&action["sections"], "interactive['action']['sections']", 1, SECTIONS_MAX)?;
    let mut ids = HashSet::new();
    let mut count = 0;
    for (at, section) in sections.iter().enumerate() {
        let path = format!("interactive['action']['sections'][{at}]");
        if sections.len() > 1 {
            text(&section["title"], &format!("{path}['title']"), 1, ROW_TITLE_CHARS_MAX)?;
        } else {
            optional_text(&section["title"], &format!("{path}['title']"), ROW_TITLE_CHARS_MAX)?;
        }
        for (at, row) in list(&section["rows"], &format!("{path}['rows']"), 1, ROWS_MAX)?.iter().enumerate() {
            let path = format!("{path}['rows'][{at}]");
            let id = text(&row["id"], &format!("{path}['id']"), 1, ROW_ID_CHARS_MAX)?;
            text(&row["title"], &format!("{path}['title']"), 1, ROW_TITLE_CHARS_MAX)?;
            optional_text(&row["description"], &format!("{path}['description']"), ROW_DESCRIPTION_CHARS_MAX)?;
            if !ids.insert(id) {
                return Err(Fault::invalid(format!("Duplicated row id: {id}")));
            }
            count += 1;
        }
    }
    if count > ROWS_MAX {
        return Err(Fault::invalid(format!(
            "Total row count exceed max allowed count: {ROWS_MAX}, got {count}"
        )));
    }
    Ok(())
}

fn url_button(action: &Value, path: &str) -> Result<(), Fault> {
    named(action, "cta_url")?;
    let parameters = &action["parameters"];
    text(
        &parameters["display_text"],
        &format!("{path}['parameters']['display_text']"),
        1,
        BUTTON_TITLE_CHARS_MAX,
    )?;
    let url = text(&parameters["url"], &format!("{path}['parameters']['url']"), 1, 2000)?;
    if is_web_address(url) {
        Ok(())
    } else {
        Err(Fault::invalid(format!("{path}['parameters']['url'] is not a valid URI.")))
    }
}

fn flow(action: &Value) -> Result<(), Fault> {
    named(action, "flow")?;
    let p = &action["parameters"];
    if p["flow_message_version"] != "3" {
        return Err(Fault::invalid(
            "interactive['action']['parameters']['flow_message_version'] must be \"3\"",
        ));
    }
    if p["flow_id"].is_null() == p["flow_name"].is_null() {
        return Err(Fault::parameter("Exactly one of flow_id and flow_name must be given."));
    }
    text(&p["flow_cta"], "interactive['action']['parameters']['flow_cta']", 1, 30)?;
    if p["flow_action_payload"]["data"].as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(Fault::invalid("flow_action_payload['data'] must not be an empty object."));
    }
    Ok(())
}

fn carousel(action: &Value, known_media: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
    let cards = list(&action["cards"], "interactive['action']['cards']", 2, 10)?;
    let first = &cards[0]["header"]["type"];
    for (at, card) in cards.iter().enumerate() {
        let path = format!("interactive['action']['cards'][{at}]");
        if card["header"]["type"] != *first {
            return Err(Fault::invalid(format!("{path}: all cards need the same kind of header")));
        }
        let kind = text(first, &format!("{path}['header']['type']"), 1, 10)?;
        media(&card["header"][kind], kind, known_media)?;
        if !card["body"].is_null() {
            text(&card["body"]["text"], &format!("{path}['body']['text']"), 1, CARD_BODY_CHARS_MAX)?;
        }
        url_button(&card["action"], &format!("{path}['action']"))?;
    }
    Ok(())
}

fn named(action: &Value, name: &str) -> Result<(), Fault> {
    if action["name"] == name {
        Ok(())
    } else {
        Err(Fault::invalid(format!("interactive['action']['name'] must be \"{name}\"")))
    }
}
