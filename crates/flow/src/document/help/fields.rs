//! Fields, their values and their names.

use super::{Page, Within};

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "missing-field",
        title: "A field is missing",
        why: "A step, a trigger or a branch cannot work without this field.",
        mend: "Add it; the finding shows an example.",
        within: Within::Steps,
        wrong: "hello: {text: Hello, next: end}",
        right: "hello: {type: send_message, text: Hello, next: end}",
    },
    Page {
        code: "missing-value",
        title: "A field has no value",
        why: "Behind the colon stands nothing, and the field needs something.",
        mend: "Write the value behind the colon, or remove the line.",
        within: Within::Message,
        wrong: "text:",
        right: "text: Hello",
    },
    Page {
        code: "unknown-field",
        title: "There is no such field",
        why: "The name is mistyped, belongs to another type of step, or comes from another tool. It would be \
            ignored, so it is refused.",
        mend: "Take the name that is offered, or one of those listed. The reference of the steps has them all.",
        within: Within::Message,
        wrong: "txet: Hello
text: Hello",
        right: "text: Hello",
    },
    Page {
        code: "wrong-fields",
        title: "Fields do not go together",
        why: "Each of them is known, but together they say two things, or one lacks its companion.",
        mend: "Keep one of them, or make two entries or two steps of it.",
        within: Within::File,
        wrong: "flow: example
triggers:
  - {keywords: [hello], first_message: true}
steps:
  hello: {type: send_message, text: Hello, next: end}
",
        right: "flow: example
triggers:
  - keywords: [hello]
  - first_message: true
steps:
  hello: {type: send_message, text: Hello, next: end}
",
    },
    Page {
        code: "wrong-type",
        title: "A value is of another kind than the field needs",
        why: "A text stands where a map, a list, a number or `true` is needed, or the other way round.",
        mend: "Write the kind of value that the finding names.",
        within: Within::Message,
        wrong: "text: [Hello, Welcome]",
        right: "text: Hello",
    },
    Page {
        code: "bad-value",
        title: "A value is none of those allowed",
        why: "The field knows a list of words or a range of numbers, and this is outside of it. Upper and lower \
            case matter.",
        mend: "Write one of the values that the finding names.",
        within: Within::Steps,
        wrong: "ask: {type: ask_question, text: Your email?, expect: mail, save_as: email, next: end}",
        right: "ask: {type: ask_question, text: Your email?, expect: email, save_as: email, next: end}",
    },
    Page {
        code: "bad-duration",
        title: "A duration cannot be read",
        why: "A duration is a whole number and one of s, m, h, d, without a blank between.",
        mend: "Write for example 30s, 5m, 25h or 2d.",
        within: Within::Steps,
        wrong: "pause: {type: wait, for: 5 minutes, next: end}",
        right: "pause: {type: wait, for: 5m, next: end}",
    },
    Page {
        code: "reserved-name",
        title: "A name is taken, or is none",
        why: "`end` ends a flow, and words such as `contact`, `message` and `secret` are filled by Rapport. \
            Names of variables and steps begin with a letter or `_` and hold letters, digits, `-` and `_`.",
        mend: "Choose another name.",
        within: Within::Steps,
        wrong: "ask: {type: ask_question, text: Your email?, expect: email, save_as: contact, next: end}",
        right: "ask: {type: ask_question, text: Your email?, expect: email, save_as: typed_email, next: end}",
    },
    Page {
        code: "unknown-exit",
        title: "A step has no such exit",
        why: "Each type of step has its own exits; those of an `api_request` may also be a status in quotes, \
            such as \"404\" or \"4xx\".",
        mend: "Take one of the exits that the finding names.",
        within: Within::Request,
        wrong: "exits: {fialed: end}",
        right: "exits: {failed: end}",
    },
    Page {
        code: "exit-drawn-twice",
        title: "An exit leads to two places",
        why: "`next` is the short form of a step's main exit. Where `exits` names it too, it is not clear which \
            one counts.",
        mend: "Keep one of them.",
        within: Within::Request,
        wrong: "next: end
exits: {ok: end}",
        right: "exits: {ok: end}",
    },
    Page {
        code: "two-authorizations",
        title: "A request carries two authorizations",
        why: "There is an `auth` block and an `Authorization` header, and only one of them can be sent.",
        mend: "Remove the header or the block.",
        within: Within::Request,
        wrong: r#"headers: {Authorization: "Bearer {{secret.token}}"}
auth: {type: bearer, token: "{{secret.token}}"}"#,
        right: r#"auth: {type: bearer, token: "{{secret.token}}"}"#,
    },
    Page {
        code: "layout-of-no-step",
        title: "A place in the drawing belongs to no step",
        why: "`layout` keeps where the boxes of the editor stand. This row names a step that was renamed or \
            removed.",
        mend: "Remove the row, or give it the step's new name.",
        within: Within::File,
        wrong: "flow: example
triggers: [{keywords: [hello]}]
steps:
  hello: {type: send_message, text: Hello, next: end}
layout:
  hallo: {x: 0, y: 0}
",
        right: "flow: example
triggers: [{keywords: [hello]}]
steps:
  hello: {type: send_message, text: Hello, next: end}
layout:
  hello: {x: 0, y: 0}
",
    },
    Page {
        code: "keyword-of-several-words",
        title: "A keyword holds several words",
        why: "A keyword is compared with each single word of the message, so this one is never found.",
        mend: "Add `match: phrase` to the trigger.",
        within: Within::File,
        wrong: "flow: example
triggers:
  - keywords: [order status]
steps:
  hello: {type: send_message, text: Hello, next: end}
",
        right: "flow: example
triggers:
  - {keywords: [order status], match: phrase}
steps:
  hello: {type: send_message, text: Hello, next: end}
",
    },
    Page {
        code: "bad-pattern",
        title: "A pattern cannot be read",
        why: "With `match: pattern` keywords are regular expressions, and this one is not complete or uses \
            look-around or back-references, which are not known here.",
        mend: "Correct the expression, or use `match: word`.",
        within: Within::File,
        wrong: r#"flow: example
triggers:
  - {keywords: ["order ([0-9]+"], match: pattern}
steps:
  hello: {type: send_message, text: Hello, next: end}
"#,
        right: r#"flow: example
triggers:
  - {keywords: ["order ([0-9]+)"], match: pattern}
steps:
  hello: {type: send_message, text: Hello, next: end}
"#,
    },
];
