//! The corpora that the fuzzer found, the example sheets and the golden documents, through the fuzz targets.
//!
//! A failure names the file: `cargo test -p downbeat-fuzz`. `scripts/fuzz` searches for more.

use std::fs;
use std::path::{Path, PathBuf};

use downbeat_fuzz::TARGETS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the files beneath a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = folder.read_dir() else { return found };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Names the input that is being tried if it fails.
struct Trying<'a>(&'a str, &'a Path);

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("target {}, input {}", self.0, self.1.display());
        }
    }
}

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = files(&root().join("crates/fuzz/corpus").join(name));
    for path in &corpus {
        let _trying = Trying(name, path);
        (target.run)(&fs::read(path).unwrap());
    }
    assert!(corpus.len() >= 10, "the corpus of {name} is there");
}

/// One test per target, so that they run beside each other.
macro_rules! replayed {
    ($($name:ident)*) => { $(#[test] fn $name() { replay(stringify!($name)); })* };
}
replayed!(sheet importers rundown wire commands signed session hub);

#[test]
fn every_target_has_a_program_for_the_fuzzer() {
    let programs: Vec<_> = files(&root().join("crates/fuzz/fuzz_targets"));
    let mut programs: Vec<_> = programs.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    let mut targets: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    programs.sort_unstable();
    targets.sort_unstable();
    assert_eq!(programs, targets);
}

#[test]
fn the_example_sheets_and_the_golden_documents() {
    let run = |name: &str, path: &Path, bytes: &[u8]| {
        let _trying = Trying(name, path);
        (TARGETS.iter().find(|target| target.name == name).unwrap().run)(bytes);
    };
    for path in files(&root().join("cues")) {
        run("sheet", &path, &fs::read(&path).unwrap());
    }
    let fixtures = files(&root().join("crates/wire/fixtures"));
    assert!(fixtures.len() > 30);
    for path in fixtures {
        let bytes = fs::read(&path).unwrap();
        for kind in b"fstclupogkLPa" {
            run("wire", &path, &[&[*kind], &*bytes].concat());
        }
        let line: Vec<u8> = bytes.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }).collect();
        run("commands", &path, &line);
        run("signed", &path, &bytes);
    }
}
