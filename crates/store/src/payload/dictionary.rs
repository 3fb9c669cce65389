//! The dictionary new payloads are compressed with; trained as `examples/sample_payloads.rs` says.
//!
//! It takes a span of 690 bytes to 75, where zstd without one stops at 470: one span is too short to repeat itself.

use std::sync::LazyLock;

use zstd::dict::EncoderDictionary;

use super::frame::LEVEL;

/// 32 KiB: twice that gains another few bytes per span and costs the processor's cache.
const BUNDLED: &[u8] = include_bytes!("payload.zdict");

/// Prepared once: preparing takes longer than compressing a hundred spans.
static PREPARED: LazyLock<Option<EncoderDictionary<'static>>> =
    LazyLock::new(|| EncoderDictionary::try_copy(BUNDLED, LEVEL).ok());

/// The dictionary ready to compress with; `None` should the file be damaged, which `tests` rule out.
pub(super) fn prepared() -> Option<&'static EncoderDictionary<'static>> {
    PREPARED.as_ref()
}

/// The id its frames name, and its bytes: kept in `zstd_dict` too, so that a later release can read them.
pub(crate) fn bundled() -> (i32, &'static [u8]) {
    let id = zstd::zstd_safe::get_dict_id_from_dict(BUNDLED).map_or(0, std::num::NonZero::get);
    // The trainer draws ids below 2^31.
    (i32::try_from(id).unwrap_or_default(), BUNDLED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_dictionary_is_whole() {
        assert!(prepared().is_some());
        assert!(bundled().0 > 0);
    }
}
