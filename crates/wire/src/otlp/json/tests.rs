//! What the OTLP/JSON decoder takes, refuses and keeps.
