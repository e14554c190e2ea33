//! The command line program, run as people run it.

mod captures;
mod explain;
mod malformed;
mod pages;
mod probe;
mod program;
mod replay;
mod server;
