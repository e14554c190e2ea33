//! The extension module `cors_engine._native`: it converts, calls, and decides nothing.
//!
//! Python's own half, in `python/cors_engine`, is what people import.

mod answer;
mod browser;
mod lines;
mod policy;

use pyo3::prelude::*;

/// The engine, as far as Python needs it.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::answer::Answer;
    #[pymodule_export]
    use crate::browser::{explain_json, replay_json};
    #[pymodule_export]
    use crate::policy::Policy;
}
