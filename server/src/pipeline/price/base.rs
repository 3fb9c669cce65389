//! The base price table of the cost model: what an operation or a tool costs when neither a report nor tokens say.
//!
//! cost = base * (1 + duration_ms / 100 * 0.1 + MB * 0.01), which is base * (1 + seconds + MiB / 100).

use model::Usd;

/// Base prices in pico-dollars, by `operation_type` or tool name.
const BASE_PICO: &[(&str, i64)] = &[
    ("api_call", 10_000_000),
    ("database_query", 20_000_000),
    ("ml_inference", 100_000_000),
    ("robot_actuation", 1_000_000_000),
    ("storage_read", 1_000_000),
    ("storage_write", 5_000_000),
    ("code_generator", 1_000_000_000),
    ("test_runner", 500_000_000),
    ("deployment_tool", 2_000_000_000),
    ("llm_inference", 5_000_000_000),
    ("robot_control", 10_000_000_000),
];

const NS_PER_SECOND: i128 = 1_000_000_000;
const BYTES_PER_100_MIB: i128 = 100 * 1024 * 1024;

/// The cost of an operation and how it came about in words; `None` when it has no base price, or costs more than can be kept.
pub fn cost(priced_as: &str, duration_ns: i64, data_size_bytes: u64) -> Option<(Usd, String)> {
    let (_, base) = BASE_PICO.iter().find(|(name, _)| *name == priced_as)?;
    // The factor as one fraction, so that nothing is rounded before the end.
    let one = NS_PER_SECOND * BYTES_PER_100_MIB;
    let factor = one + i128::from(duration_ns) * BYTES_PER_100_MIB + i128::from(data_size_bytes) * NS_PER_SECOND;
    let pico = factor.checked_mul(i128::from(*base))?.checked_add(one / 2)? / one;
    let base = Usd::from_pico(*base);
    let note = format!("base price of {priced_as}: {base} USD, more by duration and data size");
    Some((Usd::from_pico(i64::try_from(pico).ok()?), note))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(priced_as: &str, duration_ms: i64, bytes: u64) -> Option<String> {
        cost(priced_as, duration_ms * 1_000_000, bytes).map(|(usd, _)| usd.to_string())
    }

    #[test]
    fn the_formula_is_exact() {
        assert_eq!(usd("ml_inference", 250, 2 * 1024 * 1024).as_deref(), Some("0.000127"));
        assert_eq!(usd("storage_read", 100, 0).as_deref(), Some("0.0000011"));
        assert_eq!(usd("code_generator", 100, 0).as_deref(), Some("0.0011"));
        assert_eq!(usd("api_call", 0, 0).as_deref(), Some("0.00001"));
    }

    #[test]
    fn an_operation_without_a_base_price_has_no_cost() {
        assert_eq!(usd("teleportation", 100, 0), None);
    }

    #[test]
    fn absurd_durations_and_sizes_have_no_cost_rather_than_a_wrong_one() {
        assert_eq!(cost("robot_control", i64::MAX, u64::MAX), None);
        assert!(cost("storage_read", i64::MAX, 0).is_some());
    }
}
