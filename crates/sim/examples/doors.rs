//! Prints what becomes of viewers who all arrive within 8 s: `cargo run --release -p downbeat-sim --example doors`.

use downbeat_core::Span;
use downbeat_sim::doors::{Costs, Plan, Policy, run};

fn main() {
    println!(
        "{:9} {:>7} {:>9} {:>8} {:>8} {:>7} {:>9} {:>9} {:>9} {:>8}  pause known by 50, 99, 100 %",
        "server", "viewers", "questions", "attempts", "given up", "made", "live 50%", "live 99%", "live all", "per s"
    );
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    for policy in [Policy::Eager, Policy::Admitting] {
        for viewers in [250, 500, 1_000, 2_000, 4_000] {
            let plan = Plan {
                viewers,
                arrival: Span::from_millis(8_000),
                pause_at: Span::from_millis(9_000),
                end: Span::from_millis(180_000),
                policy,
                costs: Costs::MEASURED,
                seed,
            };
            let outcome = run(&plan);
            let s = |span: Option<Span>| {
                span.map_or("never".to_owned(), |span| format!("{:.1} s", span.as_millis() as f64 / 1e3))
            };
            println!(
                "{:9} {:>7} {:>9} {:>8} {:>8} {:>7} {:>9} {:>9} {:>9} {:>8.1}  {} {} {} ({} live at the end)",
                format!("{policy:?}"),
                viewers,
                outcome.questions,
                outcome.attempts,
                outcome.given_up,
                outcome.made,
                s(outcome.live_within(50)),
                s(outcome.live_within(99)),
                s(outcome.live_within(100)),
                outcome.sockets_per_second(),
                s(outcome.knew_within(50)),
                s(outcome.knew_within(99)),
                s(outcome.knew_within(100)),
                outcome.live
            );
        }
    }
}
