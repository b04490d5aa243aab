//! Limits of WhatsApp and of flows, in one place. Lengths are in characters (Unicode code points).
//!
//! Source of WhatsApp's: Cloud API, messages reference (text, interactive objects, media, contacts, templates).

use std::time::Duration;

/// Longest body of a text message.
pub const TEXT_CHARS_MAX: usize = 4096;
/// Longest caption of an image, a video or a document.
pub const CAPTION_CHARS_MAX: usize = 1024;
/// Longest text above buttons, a list or a location request.
pub const INTERACTIVE_TEXT_CHARS_MAX: usize = 1024;
/// Most reply buttons under one message.
pub const BUTTONS_MAX: usize = 3;
/// Longest title of a reply button, of a URL button, or of the button that opens a list.
pub const BUTTON_TITLE_CHARS_MAX: usize = 20;
/// Longest id of a reply button.
pub const BUTTON_ID_CHARS_MAX: usize = 256;
/// Most rows of a list, over all sections.
pub const LIST_ROWS_MAX: usize = 10;
/// Longest title of a row.
pub const ROW_TITLE_CHARS_MAX: usize = 24;
/// Longest description of a row.
pub const ROW_DESCRIPTION_CHARS_MAX: usize = 72;
/// Longest id of a row.
pub const ROW_ID_CHARS_MAX: usize = 200;
/// Most contact cards in one message.
pub const CONTACT_CARDS_MAX: usize = 5;
/// Time after the customer's last message in which free-form messages may leave.
pub const SERVICE_WINDOW: Duration = Duration::from_hours(24);
/// Free-form messages stop so long before the window ends: they still have to leave and to arrive.
pub const SERVICE_WINDOW_MARGIN: Duration = Duration::from_mins(5);
