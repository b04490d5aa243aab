//! What YAML takes for something else than was meant, or cannot read at all.

use super::{Page, Within};

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "needs-quotes",
        title: "A text needs quotes",
        why: "Some signs mean something to YAML: a colon with a blank behind it, a quote that is followed by \
            more text, or one of @ ` % & ! | > { } [ ] at the beginning.",
        mend: "Put the whole text in quotes, or write it as a block with `|-`. `rapport check --fix` does it.",
        within: Within::Message,
        wrong: "text: Plan: gold",
        right: r#"text: "Plan: gold""#,
    },
    Page {
        code: "unclosed-quote",
        title: "A quote is not closed",
        why: "The text begins with a quote, and no other ends it. What follows is read as part of it.",
        mend: "Close the quote at the end of the text. A quote that belongs to the text stands between quotes of \
            the other kind.",
        within: Within::Message,
        wrong: r#"text: "Hello
next: end"#,
        right: r#"text: "Hello"
next: end"#,
    },
    Page {
        code: "unquoted-hole",
        title: "A hole stands without quotes",
        why: "To YAML a `{` opens a map, so a value that begins with a hole is not a text. Inside `{…}` no text \
            may hold one.",
        mend: "Put the whole value in quotes.",
        within: Within::Message,
        wrong: "text: {{contact.name}}, welcome",
        right: r#"text: "{{contact.name}}, welcome""#,
    },
    Page {
        code: "unquoted-path",
        title: "A path is read as a list",
        why: "A path such as `[0].id` begins with a bracket, and to YAML a bracket opens a list.",
        mend: "Put the path in quotes.",
        within: Within::Request,
        wrong: "response: json
save: {contact_id: [0].id}",
        right: r#"response: json
save: {contact_id: "[0].id"}"#,
    },
    Page {
        code: "unquoted-bold",
        title: "Bold text is read as an alias",
        why: "WhatsApp prints `*New*` in bold; to YAML a `*` at the beginning refers to an anchor.",
        mend: "Put the whole text in quotes.",
        within: Within::Message,
        wrong: "text: *New* offer",
        right: r#"text: "*New* offer""#,
    },
    Page {
        code: "comma-cuts-text",
        title: "A comma cuts the text",
        why: "Inside `{…}` a comma begins the next entry, so the text ends before it.",
        mend: "Put the text in quotes, or write one field a line.",
        within: Within::Steps,
        wrong: "hello: {type: send_message, text: Hello, dear customer, next: end}",
        right: r#"hello: {type: send_message, text: "Hello, dear customer", next: end}"#,
    },
    Page {
        code: "comment-cuts-text",
        title: "A comment cuts the text",
        why: "A `#` behind a blank begins a comment. The customer would read the text only up to there.",
        mend: "Put the text in quotes. If it is meant as a comment, write it on a line of its own.",
        within: Within::Message,
        wrong: "text: Your order #{{contact.name}} is out",
        right: r#"text: "Your order #{{contact.name}} is out""#,
    },
    Page {
        code: "number-needs-quotes",
        title: "A number is not written as JSON writes one",
        why: "Texts such as `007`, `+91` or `1_000` look like numbers. Read as one they would lose a zero, a \
            sign or a letter.",
        mend: "Put it in quotes to send it as it stands, or write a JSON number.",
        within: Within::Request,
        wrong: "body: {json: {zip: 007}}",
        right: r#"body: {json: {zip: "007"}}"#,
    },
    Page {
        code: "missing-space",
        title: "The colon has no blank behind it",
        why: "Without the blank YAML reads key and value as one text.",
        mend: "Put a blank behind the colon.",
        within: Within::Steps,
        wrong: "hello:
  type:send_message
  text: Hello
  next: end",
        right: "hello:
  type: send_message
  text: Hello
  next: end",
    },
    Page {
        code: "tab",
        title: "A tab stands where a blank belongs",
        why: "YAML indents with blanks only, and its readers disagree about tabs between words.",
        mend: "Replace each tab by two blanks. `rapport check --fix` does it.",
        within: Within::Steps,
        wrong: "hello:\n\ttype: send_message\n\ttext: Hello\n\tnext: end",
        right: "hello:
  type: send_message
  text: Hello
  next: end",
    },
    Page {
        code: "anchor",
        title: "A YAML anchor is not used in flows",
        why: "A plain text that begins with `&` names an anchor. Flows have none: each step says itself what it \
            does.",
        mend: "Put the text in quotes if the `&` belongs to it, else remove it.",
        within: Within::Message,
        wrong: "text: &more Hello",
        right: r#"text: "&more Hello""#,
    },
    Page {
        code: "alias",
        title: "A YAML alias is not used in flows",
        why: "A plain text that begins with `*` refers to an anchor, and flows have none.",
        mend: "Put the text in quotes if the `*` belongs to it, else write the value out.",
        within: Within::Message,
        wrong: "text: *more",
        right: r#"text: "*more""#,
    },
    Page {
        code: "tag",
        title: "A YAML tag is not used in flows",
        why: "A plain text that begins with `!` is a tag, and flows have none.",
        mend: "Put the text in quotes if the `!` belongs to it, else remove it.",
        within: Within::Message,
        wrong: "text: !important Hello",
        right: r#"text: "!important Hello""#,
    },
    Page {
        code: "complex-key",
        title: "A key is no plain word",
        why: "A key is one text on one line. A list, a map, a block of text or a `?` cannot be one.",
        mend: "Write `key: value`.",
        within: Within::Message,
        wrong: "? text
: Hello",
        right: "text: Hello",
    },
    Page {
        code: "duplicate-key",
        title: "A key stands twice",
        why: "Only one value can count, and readers of YAML disagree which. The first is kept until you have \
            decided.",
        mend: "Remove one of them, or give it another name.",
        within: Within::Message,
        wrong: "text: Hello
text: Welcome",
        right: "text: Hello",
    },
    Page {
        code: "second-document",
        title: "A second document begins",
        why: "`---` separates documents, and a file holds one flow.",
        mend: "Move what follows into a file of its own.",
        within: Within::Steps,
        wrong: "hello: {type: send_message, text: Hello, next: end}
---
flow: other",
        right: "hello: {type: send_message, text: Hello, next: end}",
    },
    Page {
        code: "syntax",
        title: "The file cannot be read",
        why: "From this place on it is neither YAML nor a mistake that is known by its look. Often a bracket is \
            not closed, or a line stands too far to the left or to the right.",
        mend: "Look at the place and at the line before it: brackets, quotes, indentation.",
        within: Within::Steps,
        wrong: "hello:
  type: send_message
 text: Hello
  next: end",
        right: "hello:
  type: send_message
  text: Hello
  next: end",
    },
    Page {
        code: "too-deep",
        title: "Maps and lists stand in one another too deeply",
        why: "Hardly any API wants a body of such a depth. Mostly it comes from a bracket that was typed or made \
            too often.",
        mend: "Write the structure flatter, or send the body as text (`json: |`).",
        within: Within::Steps,
        wrong: "",
        right: "",
    },
    Page {
        code: "too-large",
        title: "The file is too large",
        why: "A file is read up to 1 MiB. A flow of such a size is nearly always another file.",
        mend: "Split the flow, and join the parts with `run_flow` steps.",
        within: Within::Steps,
        wrong: "",
        right: "",
    },
];
