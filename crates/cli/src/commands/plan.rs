//! `plan`: what an audience needs and costs, before it comes.

use std::fmt;

use downbeat_core::Span;
use downbeat_core::fanout::hubs_for;
use downbeat_sim::audience::{Audience, Measures, Plan};
use downbeat_sim::bill::{self, Bill};
use downbeat_sim::fanout;
use serde_json::{Map, Value, json};

use super::audience;
use crate::cli::AudiencePlanArgs;
use crate::columns::Columns;
use crate::exit::Exit;
use crate::output::{Failure, Output, Report};
use crate::text::{self, Table};

/// How many viewers are simulated to count what one asks for.
const SAMPLE: u32 = 200;

/// The intervals at which viewers ask for the time, to choose from: a minute, 5 min, 15 min.
const RESYNCS: [Span; 3] = [Span::from_millis(60_000), Span::from_millis(300_000), Span::from_millis(900_000)];

/// The plan for an audience.
pub(crate) struct AudiencePlan {
    plan: Plan,
    hubs: u16,
    bill: Bill,
    budget: Option<f64>,
    by_hubs: Vec<ByHubs>,
    by_resync: Vec<ByResync>,
}

/// What another number of hubs would change.
struct ByHubs {
    hubs: u16,
    sockets: u32,
    /// When the hubs had sent a pause to their last viewer: the median hub, and the last one.
    pause: (Span, Span),
    cost: f64,
}

/// What another interval would change.
struct ByResync {
    resync: Span,
    /// The errors of clocks: 99 % have no more.
    error: Option<Span>,
    peak: f64,
    cost: f64,
}

/// Plans for an audience.
pub(super) fn run(args: &AudiencePlanArgs) -> AudiencePlan {
    let chosen = audience::plan(&args.audience, None);
    let viewers = chosen.viewers;
    let hubs = chosen.hubs.unwrap_or_else(|| hubs_for(viewers));
    let sample = |resync| {
        let plan = Plan { resync, viewers: viewers.min(SAMPLE), ..chosen.clone() };
        let viewers = plan.viewers;
        audience::measure(&Audience::new(plan), viewers, Output::default())
    };
    let bill = |measures: &Measures, hubs| Bill::new(measures, viewers, chosen.duration, hubs);
    let measures = sample(chosen.resync);
    let by_resync = RESYNCS.into_iter().map(|resync| {
        let measures = sample(resync);
        let bill = bill(&measures, hubs);
        ByResync { resync, error: measures.readings.absolute().at(0.99), peak: bill.peak, cost: bill.cost() }
    });
    let mut choices = vec![1, 4, 16, 64, 256, 1_024, hubs];
    choices.retain(|choice| viewers / u32::from(*choice) <= bill::OBJECT_SOCKETS && u32::from(*choice) <= viewers);
    choices.sort_unstable();
    choices.dedup();
    let by_hubs = choices.into_iter().map(|choice| {
        let sockets = viewers / u32::from(choice);
        let done = fanout::announce(choice, sockets, 0.0, chosen.seed).done;
        let pause = (done[done.len() / 2], done[done.len() - 1]);
        ByHubs { hubs: choice, sockets, pause, cost: bill(&measures, choice).cost() }
    });
    AudiencePlan {
        bill: bill(&measures, hubs),
        by_hubs: by_hubs.collect(),
        by_resync: by_resync.collect(),
        hubs,
        budget: args.budget,
        plan: chosen,
    }
}

impl AudiencePlan {
    /// Returns what it costs in all, with a month of the plan, in dollars.
    fn total(&self) -> f64 {
        bill::PLAN + self.bill.cost()
    }
}

/// Writes dollars.
fn dollars(amount: f64) -> String {
    if amount > 0.0 && amount < 0.01 { "less than $0.01".to_owned() } else { format!("${amount:.2}") }
}

/// Writes an amount in at most three digits that matter.
fn amount(amount: f64) -> String {
    match amount {
        amount if amount >= 1e6 => format!("{:.1} million", amount / 1e6),
        amount => text::thousands(amount.round() as u64),
    }
}

impl Report for AudiencePlan {
    fn json(&self) -> Map<String, Value> {
        let ms = |span: Span| span.as_micros() as f64 / 1e3;
        let lines: Vec<Value> = self.bill.lines.iter().map(|line| {
            json!({ "name": line.name, "amount": line.amount, "unit": line.unit, "pricePerMillion": line.price, "cost": line.cost() })
        }).collect();
        let limits: Vec<Value> = self
            .bill
            .limits
            .iter()
            .map(|limit| json!({ "name": limit.name, "used": limit.used, "most": limit.most }))
            .collect();
        let by_hubs: Vec<Value> = self.by_hubs.iter().map(|by| {
            json!({ "hubs": by.hubs, "sockets": by.sockets, "pauseMedian": ms(by.pause.0), "pauseLast": ms(by.pause.1), "cost": by.cost })
        }).collect();
        let by_resync: Vec<Value> = self.by_resync.iter().map(|by| {
            json!({ "resync": by.resync.as_millis(), "errorP99": by.error.map(ms), "peak": by.peak, "cost": by.cost })
        }).collect();
        Map::from_iter([
            ("viewers".to_owned(), json!(self.plan.viewers)),
            ("duration".to_owned(), json!(self.plan.duration.as_millis())),
            ("hubs".to_owned(), json!(self.hubs)),
            ("peakRequests".to_owned(), json!(self.bill.peak)),
            ("lines".to_owned(), json!(lines)),
            ("plan".to_owned(), json!(bill::PLAN)),
            ("total".to_owned(), json!(self.total())),
            ("budget".to_owned(), json!(self.budget)),
            ("pricesOf".to_owned(), json!(bill::PRICES_OF)),
            ("fitsFreePlan".to_owned(), json!(self.bill.fits_free_plan())),
            ("limits".to_owned(), json!(limits)),
            ("byHubs".to_owned(), json!(by_hubs)),
            ("byResync".to_owned(), json!(by_resync)),
        ])
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, bill, .. } = self;
        let mut table = Table::default();
        table.line(
            "audience",
            format!(
                "{} for {}, who come within {}",
                text::count(plan.viewers as usize, "viewer"),
                text::span(plan.duration),
                text::span(plan.arrive)
            ),
        );
        table.line(
            "hubs",
            format!("{}; a new event has 4 and adds more as they fill; set it with event set --hubs", self.hubs),
        );
        table.line("requests", format!("at most {} a second", amount(bill.peak)));
        let nearest = bill.limits.iter().map(|limit| {
            format!(
                "{} of {} {} ({:.0} %)",
                amount(limit.used),
                text::thousands(limit.most),
                limit.name,
                limit.share() * 100.0
            )
        });
        table.line("limits", nearest.collect::<Vec<_>>().join("; "));
        table.line(
            "free plan",
            if bill.fits_free_plan() {
                "suffices, if nothing else of the account uses it that day"
            } else {
                "does not suffice: it has 100,000 requests a day"
            },
        );
        writeln!(f, "{table}\nat list prices of {}, nothing taken off that the plan includes:", bill::PRICES_OF)?;
        let mut lines = Columns::default();
        for line in &bill.lines {
            let unit = if line.unit.is_empty() { String::new() } else { format!(" {}", line.unit) };
            let price = format!("${:.2} a million", line.price);
            lines.line([line.name.to_owned(), format!("{}{unit}", amount(line.amount)), price, dollars(line.cost())]);
        }
        lines.line(["the paid plan, a month".to_owned(), String::new(), String::new(), dollars(bill::PLAN)]);
        lines.line(["in all".to_owned(), String::new(), String::new(), dollars(self.total())]);
        writeln!(f, "{lines}\nwith other numbers of hubs, a pause has been sent to all viewers of")?;
        let mut choices = Columns::default();
        for by in &self.by_hubs {
            let mark = if by.hubs == self.hubs { "  (this one)" } else { "" };
            choices.line([
                text::count(usize::from(by.hubs), "hub"),
                format!("{} sockets each", text::thousands(by.sockets.into())),
                format!("half of them after {}", text::fine(by.pause.0)),
                format!("the last one after {}", text::fine(by.pause.1)),
                format!("{}{mark}", dollars(bill::PLAN + by.cost)),
            ]);
        }
        writeln!(f, "{choices}\nwith other intervals at which viewers ask for the time")?;
        let mut choices = Columns::default();
        for by in &self.by_resync {
            let mark = if by.resync == plan.resync { "  (this one)" } else { "" };
            choices.line([
                text::span(by.resync),
                format!("clocks 99 % within {}", by.error.map_or("-".to_owned(), text::fine)),
                format!("at most {} requests a second", amount(by.peak)),
                format!("{}{mark}", dollars(bill::PLAN + by.cost)),
            ]);
        }
        write!(f, "{choices}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:.2}", self.total())
    }

    fn failure(&self) -> Option<Failure> {
        let budget = self.budget?;
        (self.total() > budget).then(|| Failure {
            exit: Exit::Different,
            code: "over-budget",
            message: format!("it costs {}, and the budget is {}", dollars(self.total()), dollars(budget)),
        })
    }
}
