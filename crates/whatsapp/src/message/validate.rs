//! Meta's limits applied to a message, before a call is wasted on it. Each message type has its function.

use super::problem::{LimitProblem, Problem};
use super::text_rules::Problems;
use super::{
    Body, BodyParameter, Buttons, Content, CtaUrl, FlowAction, FlowMessage, FlowRef, Header, List,
    MediaSource, Message, Place, Template, TemplateButtonKind, TemplateHeader,
};
use crate::card::ContactCard;
use crate::limits::{
    BUTTON_ID_CHARS_MAX, BUTTON_TITLE_CHARS_MAX, BUTTONS_MAX, CALLBACK_DATA_CHARS_MAX, CAPTION_CHARS_MAX,
    CONTACT_CARDS_MAX, COUPON_CODE_CHARS_MAX, FLOW_LABEL_CHARS_MAX, FOOTER_CHARS_MAX, HEADER_CHARS_MAX,
    INTERACTIVE_BODY_CHARS_MAX, LINK_LABEL_CHARS_MAX, LIST_BUTTON_CHARS_MAX, LIST_ROWS_MAX,
    LIST_SECTIONS_MAX, ROW_DESCRIPTION_CHARS_MAX, ROW_ID_CHARS_MAX, ROW_TITLE_CHARS_MAX,
    SECTION_TITLE_CHARS_MAX, TEMPLATE_BODY_CHARS_MAX, TEMPLATE_BUTTONS_MAX, TEMPLATE_HEADER_CHARS_MAX,
    TEMPLATE_NAME_CHARS_MAX, TEMPLATE_PAYLOAD_CHARS_MAX, TEMPLATE_SPACES_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX,
};

pub(crate) fn message(message: &Message) -> Vec<LimitProblem> {
    let mut problems = Problems::default();
    problems.optional(
        "biz_opaque_callback_data",
        message.biz_opaque_callback_data.as_deref(),
        CALLBACK_DATA_CHARS_MAX,
    );
    if message.context.is_some() && matches!(message.content, Content::Reaction(_)) {
        problems
            .add("context", Problem::Form("a reaction names its message itself and cannot also quote one"));
    }
    content(&message.content, &mut problems);
    problems.0
}

fn content(content: &Content, problems: &mut Problems) {
    match content {
        Content::Text { body, .. } => problems.text("text", body, TEXT_CHARS_MAX),
        Content::Image(media) | Content::Video(media) => {
            source(&media.source, "source", problems);
            problems.optional("caption", media.caption.as_deref(), CAPTION_CHARS_MAX);
        }
        Content::Audio { source: file, .. } | Content::Sticker(file) => source(file, "source", problems),
        Content::Document { source: file, caption, filename } => {
            source(file, "source", problems);
            problems.optional("caption", caption.as_deref(), CAPTION_CHARS_MAX);
            problems.optional("filename", filename.as_deref(), usize::MAX);
        }
        Content::Location(place) => location(place, problems),
        Content::Contacts(cards) => contacts(cards, problems),
        // An empty emoji takes the reaction back.
        Content::Reaction(_) => {}
        Content::Buttons(message) => buttons(message, problems),
        Content::List(message) => list(message, problems),
        Content::CtaUrl(message) => cta_url(message, problems),
        Content::LocationRequest { text } | Content::ContactRequest { text } => {
            problems.text("text", text, INTERACTIVE_BODY_CHARS_MAX);
        }
        Content::Flow(message) => flow(message, problems),
        Content::Template(message) => template(message, problems),
    }
}

fn source(source: &MediaSource, place: &str, problems: &mut Problems) {
    if let MediaSource::Link(link) = source {
        problems.https(format!("{place}.link"), link, URL_CHARS_MAX);
    }
}

fn location(place: &Place, problems: &mut Problems) {
    if !(-90.0..=90.0).contains(&place.latitude) {
        problems.add("latitude", Problem::Form("must lie between -90 and 90 degrees"));
    }
    if !(-180.0..=180.0).contains(&place.longitude) {
        problems.add("longitude", Problem::Form("must lie between -180 and 180 degrees"));
    }
}

fn contacts(cards: &[ContactCard], problems: &mut Problems) {
    problems.count("contacts", cards.len(), CONTACT_CARDS_MAX);
    for (n, ContactCard { name, .. }) in cards.iter().enumerate() {
        problems.text(
            format!("contacts[{n}].name.formatted_name"),
            name.formatted_name.as_deref().unwrap_or_default(),
            usize::MAX,
        );
        let parts = [&name.first_name, &name.last_name, &name.middle_name, &name.prefix, &name.suffix];
        if !parts.into_iter().flatten().any(|part| !part.is_empty()) {
            let problem = Problem::Form("needs one more part besides formatted_name, such as first_name");
            problems.add(format!("contacts[{n}].name"), problem);
        }
    }
}

fn body(body: &Body, problems: &mut Problems) {
    problems.text("body.text", &body.text, INTERACTIVE_BODY_CHARS_MAX);
    problems.optional("body.footer", body.footer.as_deref(), FOOTER_CHARS_MAX);
    match &body.header {
        Some(Header::Text(text)) => problems.text("body.header", text, HEADER_CHARS_MAX),
        Some(Header::Image(file) | Header::Video(file) | Header::Document { source: file, .. }) => {
            source(file, "body.header", problems);
        }
        None => {}
    }
}

fn buttons(message: &Buttons, problems: &mut Problems) {
    body(&message.body, problems);
    problems.count("buttons", message.buttons.len(), BUTTONS_MAX);
    for (n, button) in message.buttons.iter().enumerate() {
        problems.text(format!("buttons[{n}].title"), &button.title, BUTTON_TITLE_CHARS_MAX);
        problems.text(format!("buttons[{n}].id"), &button.id, BUTTON_ID_CHARS_MAX);
        if button.id.trim() != button.id {
            problems.add(format!("buttons[{n}].id"), Problem::Form("must not begin or end with a space"));
        }
    }
    let each = || message.buttons.iter().enumerate();
    problems.unique(each().map(|(n, button)| (format!("buttons[{n}].title"), button.title.as_str())));
    problems.unique(each().map(|(n, button)| (format!("buttons[{n}].id"), button.id.as_str())));
}

fn list(message: &List, problems: &mut Problems) {
    body(&message.body, problems);
    if matches!(message.body.header, Some(Header::Image(_) | Header::Video(_) | Header::Document { .. })) {
        problems.add("body.header", Problem::Form("must be a text: a list takes no file as its header"));
    }
    problems.text("button", &message.button, LIST_BUTTON_CHARS_MAX);
    problems.count("sections", message.sections.len(), LIST_SECTIONS_MAX);
    let rows: usize = message.sections.iter().map(|section| section.rows.len()).sum();
    if rows > LIST_ROWS_MAX {
        problems.add("sections (rows of all together)", Problem::TooMany { seen: rows, max: LIST_ROWS_MAX });
    }
    for (s, section) in message.sections.iter().enumerate() {
        match &section.title {
            Some(title) => problems.text(format!("sections[{s}].title"), title, SECTION_TITLE_CHARS_MAX),
            None if message.sections.len() > 1 => {
                problems.add(
                    format!("sections[{s}].title"),
                    Problem::Form("is required when there is more than one section"),
                );
            }
            None => {}
        }
        if section.rows.is_empty() {
            problems.add(format!("sections[{s}].rows"), Problem::TooFew);
        }
        for (r, row) in section.rows.iter().enumerate() {
            let place = format!("sections[{s}].rows[{r}]");
            problems.text(format!("{place}.id"), &row.id, ROW_ID_CHARS_MAX);
            problems.text(format!("{place}.title"), &row.title, ROW_TITLE_CHARS_MAX);
            problems.optional(
                format!("{place}.description"),
                row.description.as_deref(),
                ROW_DESCRIPTION_CHARS_MAX,
            );
        }
    }
    problems.unique(message.sections.iter().enumerate().flat_map(|(s, section)| {
        section
            .rows
            .iter()
            .enumerate()
            .map(move |(r, row)| (format!("sections[{s}].rows[{r}].id"), row.id.as_str()))
    }));
}

fn cta_url(message: &CtaUrl, problems: &mut Problems) {
    body(&message.body, problems);
    problems.text("label", &message.label, LINK_LABEL_CHARS_MAX);
    problems.https("url", &message.url, URL_CHARS_MAX);
}

fn flow(message: &FlowMessage, problems: &mut Problems) {
    body(&message.body, problems);
    problems.text("label", &message.label, FLOW_LABEL_CHARS_MAX);
    let (FlowRef::Id(flow) | FlowRef::Name(flow)) = &message.flow;
    problems.text("flow", flow, usize::MAX);
    if let Some(FlowAction::Navigate { screen, .. }) = &message.action {
        problems.text("action.screen", screen, usize::MAX);
    }
}

fn template(message: &Template, problems: &mut Problems) {
    problems.text("name", &message.name, TEMPLATE_NAME_CHARS_MAX);
    if !message.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        problems.add("name", Problem::Form("has small letters, digits and underscores only"));
    }
    problems.text("language", &message.language, usize::MAX);
    match &message.header {
        Some(TemplateHeader::Text(parameter)) => {
            variable("header", parameter, TEMPLATE_HEADER_CHARS_MAX, problems);
        }
        Some(
            TemplateHeader::Image(file)
            | TemplateHeader::Video(file)
            | TemplateHeader::Document { source: file, .. },
        ) => {
            source(file, "header", problems);
        }
        Some(TemplateHeader::Location(place)) => location(place, problems),
        None => {}
    }
    for (n, parameter) in message.body.iter().enumerate() {
        variable(&format!("body[{n}]"), parameter, TEMPLATE_BODY_CHARS_MAX, problems);
    }
    let with_name = message.body.iter().filter(|parameter| parameter.name.is_some()).count();
    if with_name != 0 && with_name != message.body.len() {
        problems.add(
            "body",
            Problem::Form("mixes named and positional variables; a template has one kind or the other"),
        );
    }
    let names = message.body.iter().enumerate();
    problems.unique(names.filter_map(|(n, one)| Some((format!("body[{n}].name"), one.name.as_deref()?))));
    template_buttons(message, problems);
}

fn template_buttons(message: &Template, problems: &mut Problems) {
    for (n, button) in message.buttons.iter().enumerate() {
        let place = format!("buttons[{n}]");
        if usize::from(button.index) >= TEMPLATE_BUTTONS_MAX {
            problems.add(format!("{place}.index"), Problem::Form("must lie between 0 and 9"));
        }
        if message.buttons[..n].iter().any(|other| other.index == button.index) {
            problems.add(format!("{place}.index"), Problem::Duplicate(button.index.to_string()));
        }
        match &button.kind {
            TemplateButtonKind::QuickReply { payload } => {
                problems.text(format!("{place}.payload"), payload, TEMPLATE_PAYLOAD_CHARS_MAX);
            }
            TemplateButtonKind::Url { suffix } => {
                problems.text(format!("{place}.suffix"), suffix, URL_CHARS_MAX);
            }
            TemplateButtonKind::CopyCode { code } => {
                problems.text(format!("{place}.code"), code, COUPON_CODE_CHARS_MAX);
            }
            TemplateButtonKind::Flow { .. } => {}
        }
    }
}

/// A template's variable: no line breaks, no tabs, no more than four spaces in a row (§9, else 132012 or 132018).
fn variable(place: &str, parameter: &BodyParameter, max: usize, problems: &mut Problems) {
    let text = &parameter.text;
    problems.text(place, text, max);
    let too_wide = " ".repeat(TEMPLATE_SPACES_MAX + 1);
    if text.contains(['\n', '\r', '\t']) || text.contains(&too_wide) {
        let problem = Problem::Form(
            "must not hold line breaks, tabs or more than four spaces in a row; put them into the template's own text",
        );
        problems.add(place, problem);
    }
}
