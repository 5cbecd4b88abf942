//! `clock replay`: an estimator's results for a recorded trace.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::Path;

use downbeat_core::clock::comparison::{Median8, Min8, Single, Smoothed};
use downbeat_core::clock::{Envelope, Estimator, Resolution};
use serde_json::{Map, Value, json};

use super::trace::{Estimated, Trace};
use crate::cli::{EstimatorName, ReplayArgs};
use crate::error::Error;
use crate::output::{self, Report};

/// The end of a trace.
pub(super) struct Replayed {
    exchanges: u64,
}

/// Reads the trace line by line and prints a line for each at once, so that it can run in a pipe.
pub(super) fn run(args: &ReplayArgs) -> Result<Replayed, Error> {
    let path = &args.trace;
    let (name, lines): (String, Box<dyn BufRead>) = if path == Path::new("-") {
        ("stdin".to_owned(), Box::new(stdin().lock()))
    } else {
        let file = File::open(path).map_err(|error| Error::file(path, error))?;
        (path.display().to_string(), Box::new(BufReader::new(file)))
    };
    let mut trace = Trace::new(name, lines);
    let mut estimator = estimator(args.estimator);
    let mut exchanges = 0;
    while let Some(exchange) = trace.next()? {
        let exchange = match args.quantum {
            Some(server) => exchange.with_resolution(Resolution { server, ..exchange.resolution() }),
            None => exchange,
        };
        let (change, at) = (estimator.handle_exchange(&exchange), exchange.t4());
        let estimate = estimator.estimate(at).expect("every estimator knows something after an exchange");
        let line = serde_json::to_string(&Estimated::new(at, &estimate, change)).expect("its members are finite");
        exchanges += 1;
        if !output::line(&line) {
            break;
        }
    }
    Ok(Replayed { exchanges })
}

fn estimator(name: EstimatorName) -> Box<dyn Estimator> {
    match name {
        EstimatorName::Envelope => Box::new(Envelope::new()),
        EstimatorName::Median8 => Box::new(Median8::default()),
        EstimatorName::Ema => Box::new(Smoothed::default()),
        EstimatorName::Min8 => Box::new(Min8::default()),
        EstimatorName::Single => Box::new(Single::default()),
    }
}

impl Report for Replayed {
    fn json(&self) -> Map<String, Value> {
        Map::from_iter([("exchanges".to_owned(), json!(self.exchanges))])
    }

    fn human(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The lines were the result.
        Ok(())
    }
}
