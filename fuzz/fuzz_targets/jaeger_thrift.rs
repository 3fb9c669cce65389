//! Jaeger's Thrift batches: any bytes are spans or an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::format(wire::jaeger::thrift::FORMAT, bytes));
