//! Demo traffic: an invented company of six tenants and a dozen services, sent through the real door.
//!
//! [`schedule`] says when traces arrive, [`cast`] who they belong to, [`shapes`] what they look like, [`sketch`] and [`parts`]
//! draw them, [`send`] posts them as any exporter would. Nothing here touches the database.

mod cast;
mod parts;
mod rhythm;
mod schedule;
mod shapes;
mod sketch;
