//! Native JSON by the line: any bytes are spans or an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::format(wire::native::LINES_FORMAT, bytes));
