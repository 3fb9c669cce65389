//! What only the whole trace can tell: its root, depth, orphans, calls between services, miniature and split.
