//! What an event costs, in words.

use downbeat_sim::bill::{self, Bill};

use crate::text;

/// Returns what it costs in all, with a month of the plan, in dollars.
pub(super) fn total(bill: &Bill) -> f64 {
    bill::PLAN + bill.cost()
}

/// Returns what is paid for: what it is, how much of it, its price, and what it costs; last what all of it costs.
pub(super) fn lines(bill: &Bill) -> Vec<[String; 4]> {
    let mut lines: Vec<_> = bill
        .lines
        .iter()
        .map(|line| {
            let unit = if line.unit.is_empty() { String::new() } else { format!(" {}", line.unit) };
            let price = format!("${:.2} a million", line.price);
            [line.name.to_owned(), format!("{}{unit}", amount(line.amount)), price, dollars(line.cost())]
        })
        .collect();
    lines.push(["the paid plan, a month".to_owned(), String::new(), String::new(), dollars(bill::PLAN)]);
    lines.push(["in all".to_owned(), String::new(), String::new(), dollars(total(bill))]);
    lines
}

/// Says whether the free plan suffices.
pub(super) fn free_plan(bill: &Bill) -> &'static str {
    if bill.fits_free_plan() {
        "suffices, if nothing else of the account uses it that day"
    } else {
        "does not suffice: it has 100,000 requests a day"
    }
}

/// Writes dollars.
pub(super) fn dollars(amount: f64) -> String {
    if amount > 0.0 && amount < 0.01 { "less than $0.01".to_owned() } else { format!("${amount:.2}") }
}

/// Writes an amount in at most three digits that matter.
pub(super) fn amount(amount: f64) -> String {
    match amount {
        amount if amount >= 1e6 => format!("{:.1} million", amount / 1e6),
        amount => text::thousands(amount.round() as u64),
    }
}
