//! OTLP in JSON: any bytes are spans or an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::format(wire::otlp::json::FORMAT, bytes));
