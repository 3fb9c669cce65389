//! The tree of a trace: parents, children in order, depth, self time, subtree cost. No recursion anywhere.
