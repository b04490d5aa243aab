//! From a step's words to messages that may leave: the window, the contact's wishes, the platform's limits.

use super::builder::TurnBuilder;
use super::wake::later;
use crate::Value;
use crate::limits;
use crate::template::{JsonTemplate, Template};
use crate::turn::{Effect, Fact, MediaKind, MediaSource, Outgoing};

impl TurnBuilder<'_> {
    /// A template for a message; each hole without a value prints nothing and is an event.
    pub(crate) fn text(&mut self, template: &Template) -> String {
        let mut unset = Vec::new();
        let text = template.render_message(self, &mut unset);
        for name in unset {
            self.event(Fact::HoleUnset { name });
        }
        text
    }

    /// [`Self::text`] without events, for what is printed again only to compare with it.
    pub(crate) fn printed(&self, template: &Template) -> String {
        template.render_message(self, &mut Vec::new())
    }

    /// The value of a structure; `None` where it is one unset hole.
    pub(crate) fn value(&self, template: &JsonTemplate) -> Option<Value> {
        template.evaluate(self)
    }

    /// `None` where nothing was printed.
    pub(crate) fn optional_text(&mut self, template: Option<&Template>) -> Option<String> {
        let text = self.text(template?);
        (!text.trim().is_empty()).then_some(text)
    }

    pub(crate) fn withhold(&mut self, reason: impl Into<String>) {
        self.event(Fact::MessageWithheld { reason: reason.into() });
    }

    /// Orders a message, or says why it must not leave. A text beyond the limit leaves in several messages.
    /// Returns the id of the last one ordered.
    pub(crate) fn send(&mut self, message: Outgoing) -> Option<String> {
        if let Some(reason) = self.refusal(&message).or_else(|| limit(&message).map(str::to_owned)) {
            self.withhold(reason);
            return None;
        }
        match message {
            Outgoing::Text { text } => {
                let mut last = None;
                for text in split(&text, limits::TEXT_CHARS_MAX) {
                    last = Some(self.order_send(Outgoing::Text { text }));
                }
                last
            }
            Outgoing::Media { kind, source, caption: Some(caption), filename }
                if !fits_caption(kind, &caption) =>
            {
                self.order_send(Outgoing::Media { kind, source, caption: None, filename });
                self.send(Outgoing::Text { text: caption })
            }
            other => Some(self.order_send(other)),
        }
    }

    fn order_send(&mut self, message: Outgoing) -> String {
        let id = self.new_id();
        let (flow, step) = match self.frame() {
            Some(frame) => (Some(frame.flow.clone()), Some(frame.step.clone())),
            None => (None, None),
        };
        self.order(Effect::Send { id: id.clone(), flow, step, message });
        id
    }

    /// Why this contact may not be sent this message now.
    fn refusal(&self, message: &Outgoing) -> Option<String> {
        let contact = &self.ambient.contact;
        if contact.stopped {
            return Some("stopped".into());
        }
        match message {
            Outgoing::Template(template) => {
                let marketing = template.category.as_deref() == Some("marketing");
                (marketing && contact.opted_out).then(|| "opted_out".into())
            }
            _ => (later(self.ambient.now, limits::SERVICE_WINDOW_MARGIN) >= contact.window_until)
                .then(|| "window_closed".into()),
        }
    }
}

/// Which of the platform's limits a message breaks that cannot be mended by saying it in another way.
fn limit(message: &Outgoing) -> Option<&'static str> {
    let interactive = |text: &str| {
        if text.trim().is_empty() {
            Some("the text is empty")
        } else if chars(text) > limits::INTERACTIVE_TEXT_CHARS_MAX {
            Some("the text is longer than 1024 characters")
        } else {
            None
        }
    };
    match message {
        Outgoing::Text { text } => text.trim().is_empty().then_some("the text is empty"),
        Outgoing::Media { source, .. } => match source {
            MediaSource::Link(link) if !is_web_address(link) => {
                Some("the link is not a whole http or https address")
            }
            MediaSource::Id(id) if id.trim().is_empty() => Some("the media id is empty"),
            _ => None,
        },
        Outgoing::Location { latitude, longitude, .. } => {
            let on_earth = (-90.0..=90.0).contains(latitude) && (-180.0..=180.0).contains(longitude);
            (!on_earth).then_some("the place is not on earth: latitude is -90 to 90, longitude -180 to 180")
        }
        Outgoing::Contacts(cards) if cards.is_empty() => Some("there is no contact card"),
        Outgoing::Contacts(cards) if cards.len() > limits::CONTACT_CARDS_MAX => {
            Some("there are more than 5 contact cards")
        }
        Outgoing::Contacts(cards) => {
            cards.iter().any(|card| card.name.trim().is_empty()).then_some("a contact card has no name")
        }
        Outgoing::UrlButton { text, title, url } => interactive(text).or_else(|| {
            if title.trim().is_empty() {
                Some("the button has no title")
            } else if chars(title) > limits::BUTTON_TITLE_CHARS_MAX {
                Some("the button's title is longer than 20 characters")
            } else if !is_web_address(url) {
                Some("the button's link is not a whole http or https address")
            } else {
                None
            }
        }),
        Outgoing::LocationRequest { text } | Outgoing::Buttons { text, .. } | Outgoing::List { text, .. } => {
            interactive(text)
        }
        Outgoing::Template(template) => template.name.trim().is_empty().then_some("the template has no name"),
    }
}

fn fits_caption(kind: MediaKind, caption: &str) -> bool {
    kind != MediaKind::Audio && chars(caption) <= limits::CAPTION_CHARS_MAX
}

fn is_web_address(link: &str) -> bool {
    url::Url::parse(link.trim()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Length as the platform counts it: Unicode code points.
pub(crate) fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Cuts a text into pieces of at most `most` characters: between paragraphs, else lines, else words, else anywhere.
/// White space at a cut is left out.
fn split(text: &str, most: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((limit, _)) = rest.char_indices().nth(most) {
        let head = &rest[..limit];
        // A cut in the first half would leave a crumb of a message: a worse kind of cut is better there.
        let late = |at: &usize| *at > head.len() / 2;
        let cut = head
            .rfind("\n\n")
            .filter(late)
            .or_else(|| head.rfind('\n').filter(late))
            .or_else(|| head.rfind(char::is_whitespace).filter(|at| *at > 0))
            .unwrap_or(limit);
        let piece = head[..cut].trim_end();
        if !piece.is_empty() {
            pieces.push(piece.to_owned());
        }
        rest = rest[cut..].trim_start();
    }
    if !rest.trim().is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_cut_where_a_reader_would_pause() {
        assert_eq!(split("one two", 20), ["one two"]);
        assert_eq!(split("first part\n\nsecond part", 15), ["first part", "second part"]);
        assert_eq!(split("first line\nsecond line", 15), ["first line", "second line"]);
        assert_eq!(split("one two three", 8), ["one two", "three"]);
        assert_eq!(split("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(split("ääääbb", 4), ["ääää", "bb"]);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_piece_is_too_long(text in "[a-zä\\n ]{0,200}", most in 1usize..40) {
            let pieces = split(&text, most);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
            prop_assert!(pieces.iter().all(|piece| chars(piece) <= most && !piece.trim().is_empty()));
        }
    }
}
