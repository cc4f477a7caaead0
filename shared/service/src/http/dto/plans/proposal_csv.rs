//! A purchase proposal as a table (RFC 4180): CRLF, a header, quotes where they are needed. People open it in a
//! spreadsheet, which takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula; such a
//! cell gets an apostrophe in front, which makes it text.

use super::proposal::{ProposalLineView, ProposalView};

/// The header of the table.
const COLUMNS: [&str; 18] = [
    "plan_number",
    "supplier_id",
    "supplier_name",
    "ingredient_id",
    "name",
    "unit",
    "quantity",
    "minimum_order_quantity",
    "pack_size",
    "unit_cost",
    "cost",
    "currency",
    "order_by_date",
    "expected_receipt_date",
    "is_past_due",
    "quality_specifications",
    "special_requirements",
    "note",
];

/// The table of a proposal: what somebody offers by supplier and ingredient, then what nobody does.
pub(super) fn table(proposal: &ProposalView) -> String {
    let mut text = row(COLUMNS.iter().map(|column| (*column).to_owned()));
    for supplier in &proposal.suppliers {
        for line in &supplier.lines {
            let of = [&supplier.supplier_id, &supplier.supplier_name].map(String::as_str);
            text += &row(cells(proposal, of, line).into_iter());
        }
    }
    for line in &proposal.without_supplier {
        text += &row(cells(proposal, ["", ""], line).into_iter());
    }
    text
}

fn cells(proposal: &ProposalView, supplier: [&str; 2], line: &ProposalLineView) -> [String; 18] {
    fn text(value: Option<&impl ToString>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    let [supplier_id, supplier_name] = supplier.map(str::to_owned);
    [
        proposal.plan_number.clone(),
        supplier_id,
        supplier_name,
        line.ingredient_id.clone(),
        line.name.clone(),
        line.unit.clone(),
        line.quantity.to_string(),
        line.minimum_order_quantity.to_string(),
        line.pack_size.to_string(),
        text(line.unit_cost.as_ref()),
        text(line.cost.as_ref()),
        proposal.currency.clone(),
        text(line.order_by_date.as_ref()),
        text(line.expected_receipt_date.as_ref()),
        line.is_past_due.to_string(),
        text(line.quality_specifications.as_ref()),
        text(line.special_requirements.as_ref()),
        text(line.note.as_ref()),
    ]
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.map(|cell| quoted(&neutralised(cell))).collect();
    cells.join(",") + "\r\n"
}

/// A cell that no spreadsheet takes for a formula.
fn neutralised(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

/// A cell in quotes when it holds what would end it, or blanks at its ends that some readers drop.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a row as RFC 4180 says.
    fn read(row: &str) -> Vec<String> {
        let (mut cells, mut cell, mut inside) = (Vec::new(), String::new(), false);
        let mut letters = row.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if inside && letters.peek() == Some(&'"') => cell.extend(letters.next()),
                '"' => inside = !inside,
                ',' if !inside => cells.push(std::mem::take(&mut cell)),
                other => cell.push(other),
            }
        }
        assert!(!inside, "{row}");
        cells.push(cell);
        cells
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let texts = [
            "",
            "plain",
            "a,b",
            "say \"hi\"",
            "\"",
            "\"\"",
            "two\r\nlines",
            " blank ",
            "größe ½ 🥖",
            ",",
            ",,",
        ];
        let written = row(texts.iter().map(|text| (*text).to_owned()));
        assert_eq!(read(&written), texts);
        assert!(written.ends_with("\r\n"));
        assert_eq!(row([String::new(), String::new()].into_iter()), ",\r\n");
    }

    #[test]
    fn no_cell_begins_like_a_formula() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "=HYPERLINK(\"http://x\",\"y\")",
        ] {
            let written = row([text.to_owned()].into_iter());
            assert_eq!(read(&written), [format!("'{text}")]);
        }
        for text in ["1=1", "a-b", "'=1", " =1"] {
            assert_eq!(read(&row([text.to_owned()].into_iter())), [text]);
        }
    }
}
