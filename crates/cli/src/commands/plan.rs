//! `plan`: what an audience needs and costs, before it comes.

use std::fmt;

use downbeat_core::Span;
use downbeat_core::fanout::hubs_for;
use downbeat_sim::audience::{Audience, Measures, Plan};
use downbeat_sim::bill::{Bill, OBJECT_SOCKETS, PLAN, PRICES_OF};
use downbeat_sim::fanout;
use serde_json::{Map, Value, json};

use super::{audience, bill};
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
    let billed = |measures: &Measures, hubs| Bill::new(measures, viewers, chosen.duration, hubs);
    let measures = sample(chosen.resync);
    let by_resync = RESYNCS.into_iter().map(|resync| {
        let other = (resync != chosen.resync).then(|| sample(resync));
        let measures = other.as_ref().unwrap_or(&measures);
        let bill = billed(measures, hubs);
        ByResync { resync, error: measures.readings.absolute().at(0.99), peak: bill.peak, cost: bill.cost() }
    });
    let mut choices = vec![1, 4, 16, 64, 256, 1_024, hubs];
    choices.retain(|choice| viewers / u32::from(*choice) <= OBJECT_SOCKETS && u32::from(*choice) <= viewers);
    choices.sort_unstable();
    choices.dedup();
    let by_hubs = choices.into_iter().map(|choice| {
        let sockets = viewers / u32::from(choice);
        let done = fanout::announce(choice, sockets, 0.0, chosen.seed).done;
        let pause = (done[done.len() / 2], done[done.len() - 1]);
        ByHubs { hubs: choice, sockets, pause, cost: billed(&measures, choice).cost() }
    });
    AudiencePlan {
        bill: billed(&measures, hubs),
        by_hubs: by_hubs.collect(),
        by_resync: by_resync.collect(),
        hubs,
        budget: args.budget,
        plan: chosen,
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
            ("plan".to_owned(), json!(PLAN)),
            ("total".to_owned(), json!(bill::total(&self.bill))),
            ("budget".to_owned(), json!(self.budget)),
            ("pricesOf".to_owned(), json!(PRICES_OF)),
            ("fitsFreePlan".to_owned(), json!(self.bill.fits_free_plan())),
            ("limits".to_owned(), json!(limits)),
            ("byHubs".to_owned(), json!(by_hubs)),
            ("byResync".to_owned(), json!(by_resync)),
        ])
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, bill, .. } = self;
        let mut table = Table::default();
        table.line("audience", audience::described(plan));
        table.line(
            "hubs",
            format!("{}; a new event has 4 and adds more as they fill; set it with event set --hubs", self.hubs),
        );
        table.line("requests", format!("at most {} a second", bill::amount(bill.peak)));
        let nearest = bill.limits.iter().map(|limit| {
            format!(
                "{} of {} {} ({:.0} %)",
                bill::amount(limit.used),
                text::thousands(limit.most),
                limit.name,
                limit.share() * 100.0
            )
        });
        table.line("limits", nearest.collect::<Vec<_>>().join("; "));
        table.line("free plan", bill::free_plan(bill));
        writeln!(f, "{table}\nat list prices of {}, nothing taken off that the plan includes:", PRICES_OF)?;
        let mut lines = Columns::default();
        bill::lines(bill).into_iter().for_each(|line| lines.line(line));
        writeln!(f, "{lines}\nwith other numbers of hubs, a pause has been sent to all viewers of")?;
        let mut choices = Columns::default();
        for by in &self.by_hubs {
            let mark = if by.hubs == self.hubs { "  (this one)" } else { "" };
            choices.line([
                text::count(usize::from(by.hubs), "hub"),
                format!("{} sockets each", text::thousands(by.sockets.into())),
                format!("half of them after {}", text::fine(by.pause.0)),
                format!("the last one after {}", text::fine(by.pause.1)),
                format!("{}{mark}", bill::dollars(PLAN + by.cost)),
            ]);
        }
        writeln!(f, "{choices}\nwith other intervals at which viewers ask for the time")?;
        let mut choices = Columns::default();
        for by in &self.by_resync {
            let mark = if by.resync == plan.resync { "  (this one)" } else { "" };
            choices.line([
                text::span(by.resync),
                format!("clocks 99 % within {}", by.error.map_or("-".to_owned(), text::fine)),
                format!("at most {} requests a second", bill::amount(by.peak)),
                format!("{}{mark}", bill::dollars(PLAN + by.cost)),
            ]);
        }
        write!(f, "{choices}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:.2}", bill::total(&self.bill))
    }

    fn failure(&self) -> Option<Failure> {
        let budget = self.budget?;
        (bill::total(&self.bill) > budget).then(|| Failure {
            exit: Exit::Different,
            code: "over-budget",
            message: format!(
                "it costs {}, and the budget is {}",
                bill::dollars(bill::total(&self.bill)),
                bill::dollars(budget)
            ),
        })
    }
}
