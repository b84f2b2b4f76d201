//! CSV (RFC 4180) that a spreadsheet shows and never runs.

/// Appends one line of `cells`, ended with CRLF.
///
/// A cell that a spreadsheet could take for a formula gets an apostrophe before it, which spreadsheets do not show: what
/// strangers sent (user agents, names) must never run on an admin's machine.
pub fn line<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, cell);
    }
    out.push_str("\r\n");
}

fn write(out: &mut String, cell: &str) {
    let guard = if is_formula(cell) { "'" } else { "" };
    if cell.contains(['"', ',', '\r', '\n']) {
        out.push('"');
        out.push_str(guard);
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(guard);
        out.push_str(cell);
    }
}

/// Whether a spreadsheet could take this text for a formula (OWASP, CSV injection).
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader of our own, written from RFC 4180.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut lines, mut cells, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                '\r' if !quoted && chars.peek() == Some(&'\n') => {
                    chars.next();
                    cells.push(std::mem::take(&mut cell));
                    lines.push(std::mem::take(&mut cells));
                }
                c => cell.push(c),
            }
        }
        lines
    }

    #[test]
    fn case_92_cells_are_quoted_where_they_must_be_and_formulas_are_defused() {
        let mut out = String::new();
        line(&mut out, ["plain", "a,b", "say \"hi\"", "=1+1", "@x,y", "", "\tx", "\0", "-2", "a-b"]);
        let shown = "plain,\"a,b\",\"say \"\"hi\"\"\",'=1+1,\"'@x,y\",,'\tx,'\0,'-2,a-b\r\n";
        assert_eq!(out, shown);
    }

    proptest! {
        #[test]
        fn whatever_is_written_reads_back_and_no_cell_begins_a_formula(
            rows in prop::collection::vec(prop::collection::vec("[\\PC=+@,\"\t\r\n\0-]{0,12}", 1..5), 1..5)
        ) {
            let mut out = String::new();
            rows.iter().for_each(|cells| line(&mut out, cells.iter().map(String::as_str)));
            let back = read(&out);
            prop_assert_eq!(back.len(), rows.len());
            for (cell, was) in back.iter().flatten().zip(rows.iter().flatten()) {
                prop_assert!(!is_formula(cell));
                prop_assert_eq!(if is_formula(was) { &cell[1..] } else { cell.as_str() }, was.as_str());
            }
        }
    }
}
