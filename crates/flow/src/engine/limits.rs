//! What WhatsApp takes in one message. Lengths in characters; source: Cloud API, message types and interactive
//! messages. A message beyond them is split, shown in another way, or withheld with an event; never cut silently.

/// The service window after a customer's message.
pub(crate) const WINDOW_MS: i64 = 24 * 3600 * 1000;
/// Free-form messages stop so long before the window ends: they still have to leave and to arrive.
pub(crate) const WINDOW_MARGIN_MS: i64 = 5 * 60 * 1000;
/// A text message.
pub(crate) const TEXT_CHARS_MAX: usize = 4096;
/// The text of buttons, a list, a URL button, a location request.
pub(crate) const INTERACTIVE_TEXT_CHARS_MAX: usize = 1024;
/// The caption of an image, a video or a document.
pub(crate) const CAPTION_CHARS_MAX: usize = 1024;
/// Reply buttons.
pub(crate) const BUTTONS_MAX: usize = 3;
/// The title of a reply button or a URL button, or of the button that opens a list.
pub(crate) const BUTTON_TITLE_CHARS_MAX: usize = 20;
/// The id of a reply button.
pub(crate) const BUTTON_ID_CHARS_MAX: usize = 256;
/// Rows of a list.
pub(crate) const ROWS_MAX: usize = 10;
/// The title of a row.
pub(crate) const ROW_TITLE_CHARS_MAX: usize = 24;
/// The description of a row.
pub(crate) const ROW_DESCRIPTION_CHARS_MAX: usize = 72;
/// The id of a row.
pub(crate) const ROW_ID_CHARS_MAX: usize = 200;
/// Cards in one contacts message. The platform's two sources disagree; this is the lower.
pub(crate) const CARDS_MAX: usize = 5;
