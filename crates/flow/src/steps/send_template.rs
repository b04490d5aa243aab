//! `send_template`: an approved template, the only message outside the 24-hour service window.

use crate::steps::send_message::Media;
use crate::template::Template;

#[derive(Debug, Clone, PartialEq)]
pub struct SendTemplate {
    /// `template: order_update`
    pub template: Template,
    /// `language: en_US`
    pub language: Template,
    /// `category: marketing|utility|authentication`; marketing is withheld from who opted out.
    pub category: Option<String>,
    /// `header: {text: …}`, `{image: …}`, `{location: {…}}`
    pub header: Option<Header>,
    /// `body: [..]` for numbered, `body: {name: …}` for named parameters.
    pub body: Body,
    /// `buttons: [{index, payload|url_suffix|coupon_code}]`
    pub buttons: Vec<Button>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Header {
    Text { name: Option<String>, text: Template },
    Media(Media),
    Location { latitude: Template, longitude: Template, name: Option<Template>, address: Option<Template> },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Numbered(Vec<Template>),
    Named(Vec<(String, Template)>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    pub index: u8,
    pub parameter: Parameter,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    Payload(Template),
    UrlSuffix(Template),
    CouponCode(Template),
}
