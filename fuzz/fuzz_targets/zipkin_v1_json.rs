//! Zipkin v1 in JSON: any bytes are spans or an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::format(wire::zipkin::V1_JSON, bytes));
