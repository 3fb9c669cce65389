//! What an observation, an acknowledgement or the passing of time does to an alert: pure, time as an argument.
