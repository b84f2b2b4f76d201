//! Mail templates: one file from which both the text and the HTML part are made, so that they cannot differ.
//!
//! First line `subject: …`, then paragraphs with empty lines between. `{{name}}` stands for a fact. A paragraph `[words]({{link}})`
//! is a button in HTML and an address of its own line in text.

/// Reads `name`, or says that the template asks for something it was not given.
pub(super) type Facts<'f> = &'f [(&'static str, String)];

/// A template asks for a fact it was not given, or has no subject.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

/// The parts of a mail.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

const FRAME: &str = include_str!("templates/frame.html");

pub(super) fn render(template: &str, facts: Facts<'_>) -> Result<Parts, Broken> {
    let missing_subject = || Broken("subject".into());
    let (first, body) = template.split_once('\n').ok_or_else(missing_subject)?;
    let subject = fill(first.strip_prefix("subject: ").ok_or_else(missing_subject)?, facts, str::to_owned)?;
    let (mut text, mut html) = (String::new(), String::new());
    for paragraph in body.trim().split("\n\n") {
        let paragraph = paragraph.trim();
        if let Some((words, link)) = button(paragraph) {
            let (words, address) = (fill(words, facts, escape)?, fill(link, facts, str::to_owned)?);
            text += &format!("{words}:\n{address}\n\n");
            let address = escape(&address);
            html += &format!("<p style=\"margin:24px 0\"><a class=\"button\" href=\"{address}\">{words}</a></p>\n");
            html += &format!("<p class=\"quiet\">{address}</p>\n");
        } else {
            text += &format!("{}\n\n", fill(paragraph, facts, str::to_owned)?);
            html += &format!("<p>{}</p>\n", fill(paragraph, facts, escape)?.replace('\n', "<br>\n"));
        }
    }
    let frame = [("subject", escape(&subject)), ("body", html)];
    Ok(Parts { subject, text: text.trim_end().to_owned() + "\n", html: fill(FRAME, &frame, str::to_owned)? })
}

fn button(paragraph: &str) -> Option<(&str, &str)> {
    paragraph.strip_prefix('[')?.strip_suffix(')')?.split_once("](")
}

/// One pass: what a fact holds is never read as a template again.
fn fill(template: &str, facts: Facts<'_>, write: fn(&str) -> String) -> Result<String, Broken> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or_else(|| Broken("}}".into()))?;
        let fact = facts.iter().find(|fact| fact.0 == name).ok_or_else(|| Broken(name.into()))?;
        filled.push_str(before);
        filled.push_str(&write(&fact.1));
        rest = after;
    }
    Ok(filled + rest)
}

/// Escapes for HTML text and quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_escaped_in_html_and_never_read_as_template() {
        let facts = [("who", "<b>{{link}}".to_owned()), ("link", "https://x/#a&b".to_owned())];
        let parts = render("subject: Hi {{who}}\n\nHello {{who}}\n\n[Go]({{link}})\n", &facts).unwrap();
        assert_eq!(parts.subject, "Hi <b>{{link}}");
        assert_eq!(parts.text, "Hello <b>{{link}}\n\nGo:\nhttps://x/#a&b\n");
        assert!(parts.html.contains("Hello &lt;b&gt;{{link}}"), "{}", parts.html);
        assert!(parts.html.contains("href=\"https://x/#a&amp;b\""), "{}", parts.html);
    }

    #[test]
    fn a_template_that_asks_for_what_it_was_not_given_is_broken() {
        assert_eq!(render("subject: {{nobody}}\n\nx", &[]), Err(Broken("nobody".into())));
        assert_eq!(render("Hello\n\nx", &[]), Err(Broken("subject".into())));
    }
}
