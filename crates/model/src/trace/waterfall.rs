//! The rows of the waterfall: which spans are shown, in which order, how indented, where their bars begin and end.
