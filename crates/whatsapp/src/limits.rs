//! Meta's limits, each with its unit and its source. Lengths are Unicode code points: Meta does not say what it
//! counts, and an emoji may count double there (§8), so stay clear of the edge with those.
//!
//! [`crate::Message::validate`] reports what exceeds them; nothing is ever cut.

use std::time::Duration;

/// Text of a message, in characters. Source: §8, text.
pub const TEXT_CHARS_MAX: usize = 4096;
/// Caption of an image, video or document, in characters. Source: §8.
pub const CAPTION_CHARS_MAX: usize = 1024;
/// Body of an interactive message, in characters. Source: §8; for lists the documentation also says 4096, so the
/// lower figure is enforced.
pub const INTERACTIVE_BODY_CHARS_MAX: usize = 1024;
/// Footer of an interactive message, in characters. Source: §8.
pub const FOOTER_CHARS_MAX: usize = 60;
/// Text header of an interactive message, in characters. Source: §8.
pub const HEADER_CHARS_MAX: usize = 60;

/// Reply buttons of one message. Source: §8, interactive `button`.
pub const BUTTONS_MAX: usize = 3;
/// Title of a reply button, in characters. Source: §8.
pub const BUTTON_TITLE_CHARS_MAX: usize = 20;
/// Id of a reply button, in characters. Source: §8.
pub const BUTTON_ID_CHARS_MAX: usize = 256;

/// Label that opens a list, in characters. Source: §8, interactive `list`.
pub const LIST_BUTTON_CHARS_MAX: usize = 20;
/// Sections of a list. Source: §8.
pub const LIST_SECTIONS_MAX: usize = 10;
/// Rows of a list over all its sections. Source: §8.
pub const LIST_ROWS_MAX: usize = 10;
/// Title of a section, in characters. Source: §8.
pub const SECTION_TITLE_CHARS_MAX: usize = 24;
/// Title of a row, in characters. Source: §8.
pub const ROW_TITLE_CHARS_MAX: usize = 24;
/// Description of a row, in characters. Source: §8.
pub const ROW_DESCRIPTION_CHARS_MAX: usize = 72;
/// Id of a row, in characters. Source: §8.
pub const ROW_ID_CHARS_MAX: usize = 200;

/// Label of a link button, in characters. Source: §8, interactive `cta_url`.
pub const LINK_LABEL_CHARS_MAX: usize = 20;
/// Label that opens a WhatsApp Flow, in characters. Source: §8, interactive `flow` (30 recommended; some clients cut
/// at 20).
pub const FLOW_LABEL_CHARS_MAX: usize = 30;
/// Address behind a link or a file to fetch, in characters. Source: §15, URL buttons.
pub const URL_CHARS_MAX: usize = 2000;

/// Cards of one contacts message. Source: §8; the documentation also says 257, so the lower figure is enforced.
pub const CONTACT_CARDS_MAX: usize = 5;

/// Name of a template, in characters, out of `[a-z0-9_]`. Source: §15.
pub const TEMPLATE_NAME_CHARS_MAX: usize = 512;
/// Buttons of a template, hence the highest index plus one. Source: §15.
pub const TEMPLATE_BUTTONS_MAX: usize = 10;
/// Body of a template with its variables filled in, in characters; no single variable can be longer. Source: §9, §15.
pub const TEMPLATE_BODY_CHARS_MAX: usize = 1024;
/// Text header of a template with its variable filled in, in characters. Source: §15.
pub const TEMPLATE_HEADER_CHARS_MAX: usize = 60;
/// Payload of a template's quick reply, in characters. Source: §9.
pub const TEMPLATE_PAYLOAD_CHARS_MAX: usize = 128;
/// Code of a copy-code button, in characters. Source: §15 (15; newer pages say 20).
pub const COUPON_CODE_CHARS_MAX: usize = 15;
/// Spaces in a row that a template variable may hold. Source: §9.
pub const TEMPLATE_SPACES_MAX: usize = 4;

/// The tag that comes back in statuses, in characters. Source: §6, `biz_opaque_callback_data`.
pub const CALLBACK_DATA_CHARS_MAX: usize = 512;

/// The 24 hours after a person's message in which anything may be sent. Source: §14.
pub const SERVICE_WINDOW: Duration = Duration::from_hours(24);

/// Largest body of a webhook, in bytes. Source: §2.2.
pub const WEBHOOK_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Most updates in one webhook. Source: §2.2.
pub const WEBHOOK_ITEMS_MAX: usize = 1000;

/// Largest image to send, in bytes. Source: §10.
pub const IMAGE_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// Largest video to send, in bytes. Source: §10.
pub const VIDEO_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Largest audio to send, in bytes. Source: §10.
pub const AUDIO_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Largest document to send, and largest file to receive, in bytes. Source: §10.
pub const DOCUMENT_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// Largest animated sticker, in bytes (a still one: 100 KB). Source: §10.
pub const STICKER_BYTES_MAX: u64 = 500 * 1024;

/// Throughput of a number unless Meta granted another, in messages a second, in and out together. Source: §13.
pub const MESSAGES_PER_SECOND: u32 = 80;
/// Time in which one message to one person is earned. Source: §13, pair rate.
pub const PAIR_INTERVAL: Duration = Duration::from_secs(6);
/// Messages that may go to one person at once before the interval rules. Source: §13, pair rate.
pub const PAIR_BURST: u32 = 45;
