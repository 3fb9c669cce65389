//! What money reads, prints and adds up to, exactly.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_printed_amount_parses_back(pico in 0i64..) {
        prop_assert_eq!(Usd(pico).to_string().parse(), Ok(Usd(pico)));
    }

    #[test]
    fn a_double_is_read_by_its_shortest_form(pico in 0i64..1_000_000_000_000_000) {
        let printed = Usd(pico).to_string();
        let double: f64 = printed.parse().unwrap();
        prop_assert_eq!(Usd::from_f64_text(double), Ok(Usd(pico)));
    }

    #[test]
    fn any_text_is_an_amount_or_an_error_and_never_a_panic(text in ".{0,40}") {
        let _ = text.parse::<Usd>();
    }
}

#[test]
fn amounts_are_read_exactly() {
    for (text, pico) in [
        ("0.00125", 1_250_000_000),
        ("5e-5", 50_000_000),
        ("1E3", 1_000_000_000_000_000),
        ("0", 0),
        ("-0.0", 0),
        ("+1", 1_000_000_000_000),
        ("0.0000000000005", 1),
        ("0.0000000000004", 0),
        (" 2.50 ", 2_500_000_000_000),
        (".5", 500_000_000_000),
        ("1e-400", 0),
    ] {
        assert_eq!(text.parse(), Ok(Usd(pico)), "{text}");
    }
}

#[test]
fn what_is_not_an_amount_is_refused_with_the_reason() {
    for text in ["$0.10", "0,10", "NaN", "inf", "true", "", ".", "e5", "1e", "--1", "0x10", "1_000"] {
        assert_eq!(text.parse::<Usd>(), Err(UsdError::NotANumber), "{text}");
    }
    assert_eq!("-".repeat(5_000_000).parse::<Usd>(), Err(UsdError::NotANumber), "signs are not recursed into");
    assert_eq!("-1".parse::<Usd>(), Err(UsdError::Negative));
    assert_eq!("9300000".parse::<Usd>(), Err(UsdError::TooLarge));
    assert_eq!("1e400".parse::<Usd>(), Err(UsdError::TooLarge));
    assert_eq!(Usd::from_f64_text(f64::NAN), Err(UsdError::NotANumber));
}

#[test]
fn the_documented_sample_adds_up_to_its_declared_total() {
    let parts = ["0.0001", "0.00005", "0.0011"].map(|text| text.parse::<Usd>().unwrap());
    assert_eq!(parts.into_iter().sum::<UsdSum>().to_string(), "0.00125");
}

#[test]
fn json_money_is_a_plain_number() {
    #[derive(Serialize)]
    struct Row {
        #[serde(serialize_with = "json::amount_or_null")]
        cost_usd: Option<Usd>,
        #[serde(serialize_with = "json::total")]
        total: UsdSum,
    }
    let row = Row { cost_usd: Some(Usd(1)), total: UsdSum(123_456_789_012_345_678_901) };
    assert_eq!(serde_json::to_string(&row).unwrap(), r#"{"cost_usd":0.000000000001,"total":123456789.012345678901}"#);
}
