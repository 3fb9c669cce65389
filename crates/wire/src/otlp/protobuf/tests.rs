//! What the OTLP protobuf decoder takes, refuses and keeps.
