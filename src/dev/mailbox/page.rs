//! The page `/dev/mail`: every mail as a person would read it, in the style of the server's own pages. No script;
//! everything from the mail is escaped.

use std::fmt::Write;

use time::macros::format_description;

use super::Mail;

const HEAD: &str = include_str!("page.html");

/// The page with these mails, the newest first.
pub fn render_html(mails: &[Mail]) -> String {
    let mut page = HEAD.to_owned();
    if mails.is_empty() {
        page.push_str(
            "<p class=\"mail none\">No mail yet. Invite somebody, or sign a person out, and look here again.</p>",
        );
    }
    mails.iter().rev().for_each(|mail| article(&mut page, mail));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn article(page: &mut String, mail: &Mail) {
    let at =
        mail.at.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC")).unwrap_or_default();
    let (subject, to, text) = (escape(&mail.subject), escape(&mail.to), linked(&mail.text));
    // Writing into a String cannot fail.
    let _ = writeln!(
        page,
        "<article class=\"mail\"><h2>{subject}</h2><p class=\"meta\">to <b>{to}</b> · <time>{at}</time></p><pre>{text}</pre></article>"
    );
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

/// Escaped text in which web addresses can be clicked.
fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let address = word.trim_end();
            let plain = escape(address);
            let rest = &word[address.len()..];
            if address.starts_with("http://") || address.starts_with("https://") {
                format!("<a rel=\"noreferrer\" href=\"{plain}\">{plain}</a>{rest}")
            } else {
                plain + rest
            }
        })
        .collect()
}
