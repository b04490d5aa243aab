//! Holes, paths and conditions.

use super::{Page, Within};

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "bad-hole",
        title: "A hole cannot be read",
        why: "Between two pairs of braces stand a name, dots and keys behind it, and filters behind `|`. \
            Anything else is printed as it stands.",
        mend: "Correct the name. To print two braces, write `{{'{{'}}`.",
        within: Within::Message,
        wrong: "text: Hello {{contact name}}",
        right: "text: Hello {{contact.name}}",
    },
    Page {
        code: "triple-braces",
        title: "Three braces stand around a name",
        why: "Other tools print text unchanged with three braces. Here each place escapes what it needs, and the \
            third brace is printed.",
        mend: "Write two braces.",
        within: Within::Message,
        wrong: "text: Hello {{{contact.name}}}",
        right: "text: Hello {{contact.name}}",
    },
    Page {
        code: "unknown-filter",
        title: "There is no such filter",
        why: "The word behind `|` is none of the filters. Filters are written in lower case.",
        mend: "Take the one that is offered, or one of those listed.",
        within: Within::Message,
        wrong: "text: Hello {{contact.name | uper}}",
        right: "text: Hello {{contact.name | upper}}",
    },
    Page {
        code: "hole-in-key",
        title: "A hole stands in a key",
        why: "Keys of a body are sent as written: a value can never change the shape of a request.",
        mend: "Write the key out, or type the body as text (`json: |`).",
        within: Within::Request,
        wrong: r#"body: {json: {"{{contact.name}}": 1}}"#,
        right: r#"body: {json: {name: "{{contact.name}}"}}"#,
    },
    Page {
        code: "bad-path",
        title: "A path cannot be read",
        why: "A path leads through an answer by keys and numbers of rows: `data[0].name`. One that begins with \
            `$` is JSONPath. Braces and a dot at the beginning do not belong to it.",
        mend: "Write keys with dots, rows in brackets, and keys with other signs as `[\"first name\"]`.",
        within: Within::Request,
        wrong: "response: json
save: {contact_name: data..name}",
        right: "response: json
save: {contact_name: data.name}",
    },
    Page {
        code: "bad-condition",
        title: "A condition cannot be read",
        why: "A condition compares names, texts in straight double quotes and numbers with =, !=, <, >, `in`, \
            `contains`, `matches` or `is set`, joined by `and`, `or` and `not`. Names stand without braces.",
        mend: "Correct the place that is marked; the finding says what was expected there.",
        within: Within::Steps,
        wrong: "check:
  type: condition
  branches: [{when: plan == gold, next: end}]
  otherwise: end",
        right: r#"check:
  type: condition
  branches: [{when: plan = "gold", next: end}]
  otherwise: end"#,
    },
];
