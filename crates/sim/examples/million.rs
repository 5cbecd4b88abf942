//! Prints how a change gets to all viewers of events of different sizes: `cargo run --release --example million`.

use downbeat_core::Span;
use downbeat_sim::fanout::announce;

fn main() {
    println!("a pause, 1,000 viewers a hub; median and spread of 20 worlds, ms after the command");
    println!();
    println!(
        "| hubs | viewers | calls lost | calls | depth | first hub | half | last hub | hubs missed | answered | of hubs |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (hubs, loss) in [(4, 0.0), (64, 0.0), (256, 0.0), (700, 0.0), (1_024, 0.0), (1_024, 0.01), (1_024, 0.05)] {
        let worlds: Vec<_> = (0..20).map(|seed| announce(hubs, 1_000, loss, seed)).collect();
        let spread = |value: &dyn Fn(usize) -> i64| {
            let mut values: Vec<i64> = (0..worlds.len()).map(value).collect();
            values.sort_unstable();
            let (least, half, most) = (values[0], values[values.len() / 2], values[values.len() - 1]);
            if least == most { half.to_string() } else { format!("{half} ({least}–{most})") }
        };
        let done =
            |world: usize, part: usize| worlds[world].done[(worlds[world].done.len() - 1) * part / 2].as_millis();
        println!(
            "| {hubs} | {} | {} % | {} | {} | {} | {} | {} | {} | {} | {} |",
            u64::from(hubs) * 1_000,
            loss * 100.0,
            spread(&|world| worlds[world].calls as i64),
            worlds[0].depth,
            spread(&|world| done(world, 0)),
            spread(&|world| done(world, 1)),
            spread(&|world| done(world, 2)),
            spread(&|world| i64::from(hubs) - worlds[world].done.len() as i64),
            spread(&|world| (worlds[world].answered.max(Span::ZERO)).as_millis()),
            spread(&|world| i64::from(worlds[world].acked)),
        );
    }
}
