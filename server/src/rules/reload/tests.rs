//! A price file that changes, breaks, goes away, and grows.

use std::fs;

use super::*;

const GOOD: &str = "prices:\n  - {model: acme, per_call: 0.5}\n";

/// A price file in a folder of its own, which is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tracetab-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, text: &str) {
        fs::write(self.0.join(PRICES_FILE), text).unwrap();
    }

    fn file(&self) -> PriceFile {
        let rules = crate::rules::Rules::load(Some(&self.0)).unwrap();
        PriceFile::new(Some(&self.0), rules.prices, Arc::new(PriceBook::bundled()), || DateTime::UNIX_EPOCH)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn looked(file: &PriceFile) -> FileStatus {
    file.look();
    file.status().file.unwrap()
}

#[test]
fn a_changed_file_is_taken_over_and_a_broken_one_leaves_what_was_there() {
    let folder = Folder::new("reload");
    folder.write(GOOD);
    let file = folder.file();
    let first = looked(&file);
    assert_eq!((first.entries.as_slice(), &first.problem), (["acme: 0.5 USD per call".to_owned()].as_slice(), &None));

    folder.write(&GOOD.replace("0.5", "half"));
    let broken = looked(&file);
    assert_eq!((&broken.revision, &broken.entries), (&first.revision, &first.entries));
    let problem = broken.problem.unwrap();
    assert!(problem.reason.contains("prices.yaml: ") && problem.reason.contains("at line 2 "), "{}", problem.reason);

    folder.write(&GOOD.replace("0.5", "0.25"));
    let better = looked(&file);
    assert_eq!(
        (better.entries.as_slice(), &better.problem),
        (["acme: 0.25 USD per call".to_owned()].as_slice(), &None)
    );
    assert_ne!(better.revision, first.revision);
}

#[test]
fn a_file_that_goes_away_leaves_its_prices_and_one_that_comes_is_taken_over() {
    let folder = Folder::new("reload-gone");
    let file = folder.file();
    assert_eq!((looked(&file).revision, looked(&file).problem), (None, None), "no file is no mistake");
    folder.write(GOOD);
    assert_eq!(looked(&file).entries.len(), 1);
    fs::remove_file(folder.0.join(PRICES_FILE)).unwrap();
    let gone = looked(&file);
    assert_eq!(gone.entries.len(), 1);
    assert!(gone.problem.unwrap().reason.contains("write `prices: []`"));
    folder.write(GOOD);
    assert_eq!(looked(&file).problem, None, "it is back as it was");
    folder.write("prices: []");
    let empty = looked(&file);
    assert_eq!((empty.entries.len(), empty.problem), (0, None));
}

#[test]
fn a_file_that_is_too_large_or_no_text_is_not_taken_over() {
    let folder = Folder::new("reload-large");
    folder.write(GOOD);
    let file = folder.file();
    folder.write(&format!("{GOOD}#{}", "x".repeat(1024 * 1024)));
    assert!(looked(&file).problem.unwrap().reason.contains("larger than 1048576 bytes"));
    fs::write(folder.0.join(PRICES_FILE), [0xff, 0xfe]).unwrap();
    let broken = looked(&file);
    assert!(broken.problem.unwrap().reason.contains("cannot read"));
    assert_eq!(broken.entries.len(), 1);
}

fn new_price(model: &str, input: &str, output: &str) -> NewPrice {
    NewPrice { model: model.into(), input: input.into(), output: output.into(), ..NewPrice::default() }
}

#[test]
fn a_price_is_added_at_the_end_and_is_in_force_at_once() {
    let folder = Folder::new("reload-add");
    let file = folder.file();
    assert!(file.takes_prices());
    file.add(&new_price("acme", "2.50", "")).unwrap();
    file.add(&new_price("bolt", "", "1")).unwrap();
    let words = ["acme: 2.5 USD per million input tokens", "bolt: 1 USD output"];
    assert_eq!(file.status().file.unwrap().entries, words);
    let text = fs::read_to_string(folder.0.join(PRICES_FILE)).unwrap();
    assert_eq!(
        text,
        "prices:\n  - model: acme\n    input_per_million: 2.50\n  - model: bolt\n    output_per_million: 1\n"
    );
}

#[test]
fn a_price_that_cannot_stand_leaves_the_file_as_it_was() {
    let folder = Folder::new("reload-refuse");
    let text = "# ours\nprices:\n  - {model: acme.*, per_call: 0.5}   # all of them\n";
    folder.write(text);
    let file = folder.file();
    let refused = |price: NewPrice| file.add(&price).unwrap_err();
    assert!(refused(new_price("acme-large", "1", "")).contains("never reached"));
    assert!(refused(new_price("bolt", "0.0000000000001", "")).contains("expected"));
    assert!(refused(new_price("bolt", "1 # x", "")).contains("plain numbers"));
    assert_eq!(fs::read_to_string(folder.0.join(PRICES_FILE)).unwrap(), text);
    folder.write("prices: nothing");
    assert!(refused(new_price("bolt", "1", "")).contains("prices.yaml: "), "a broken file is mended by hand");
    let nowhere = PriceFile::new(None, Overrides::default(), Arc::new(PriceBook::bundled()), || DateTime::UNIX_EPOCH);
    assert!(
        !nowhere.takes_prices() && nowhere.add(&new_price("bolt", "1", "")).unwrap_err().contains("TRACETAB_RULES")
    );
}
