//! A policy's answer to one request, kept until the response is there.

use crate::lines;
use cors_engine::server::{Action, AnswerReason, Operation, RequestKind, vary_lists};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyList, PyString, PyTuple};
use smallvec::SmallVec;

/// What a policy has to say to one request. It is the same for every status of the response.
#[pyclass(frozen, module = "cors_engine")]
pub(crate) struct Answer {
    kind: RequestKind,
    action: Action,
    reason: AnswerReason,
    /// The names of response headers that do not stay.
    removed: SmallVec<[&'static str; 8]>,
    added: SmallVec<[(&'static str, Vec<u8>); 2]>,
    vary: SmallVec<[Box<str>; 1]>,
}

impl Answer {
    pub(crate) fn of(answer: &cors_engine::Answer<'_>) -> Self {
        let mut owned = Answer {
            kind: answer.kind(),
            action: answer.action(),
            reason: answer.reason(),
            removed: SmallVec::new(),
            added: SmallVec::new(),
            vary: SmallVec::new(),
        };
        for operation in answer.operations() {
            match operation {
                Operation::Remove { name } => owned.removed.push(name),
                Operation::Add { name, value } => owned.added.push((name, value.to_vec())),
                Operation::Vary { name } => owned.vary.push(name.into()),
            }
        }
        owned
    }

    fn removes(&self, name: &[u8]) -> bool {
        self.removed.iter().any(|removed| name.eq_ignore_ascii_case(removed.as_bytes()))
    }

    /// Whether a name of this length can be one that the answer does something about.
    fn concerns(&self, length: usize) -> bool {
        length == VARY.len() || self.removed.iter().any(|removed| removed.len() == length)
    }

    fn missing_in(&self, vary: &[Vec<u8>]) -> String {
        let missing = self.vary.iter().filter(|name| !vary_lists(vary.iter().map(Vec::as_slice), name));
        missing.map(|name| &**name).collect::<Vec<_>>().join(", ")
    }
}

const VARY: &str = "vary";

/// Makes a header line of the kind that a server speaks.
type MakeLine = for<'py> fn(Python<'py>, &str, &[u8]) -> PyResult<Bound<'py, PyTuple>>;

fn line_of_bytes<'py>(py: Python<'py>, name: &str, value: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, [PyBytes::new(py, name.as_bytes()), PyBytes::new(py, value)])
}

fn line_of_text<'py>(py: Python<'py>, name: &str, value: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, [PyString::new(py, name), PyString::new(py, &lines::text(value))])
}

impl Answer {
    fn apply_as<'py>(
        &self,
        headers: &Bound<'py, PyAny>,
        make_line: MakeLine,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = headers.py();
        let kept = PyList::empty(py);
        let mut vary = Vec::new();
        for line in PyIterator::from_object(headers)? {
            let line = lines::pair(line?)?;
            let name = line.get_item(0)?;
            if self.concerns(lines::length(&name)?) {
                let name = lines::bytes(&name)?;
                if self.removes(&name) {
                    continue;
                }
                if name.eq_ignore_ascii_case(VARY.as_bytes()) {
                    vary.push(lines::bytes(&line.get_item(1)?)?.into_owned());
                }
            }
            kept.append(line)?;
        }
        for (name, value) in &self.added {
            kept.append(make_line(py, name, value)?)?;
        }
        let missing = self.missing_in(&vary);
        if !missing.is_empty() {
            kept.append(make_line(py, VARY, missing.as_bytes())?)?;
        }
        Ok(kept)
    }
}

#[pymethods]
impl Answer {
    /// `"not-cors"`, `"actual"` or `"preflight"`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind.as_str()
    }

    /// The status to answer with now, without a body; `None` to pass the request on to the application.
    #[getter]
    fn status(&self) -> Option<u16> {
        match self.action {
            Action::Pass => None,
            Action::Respond { status } => Some(status),
        }
    }

    /// Whether script may read the response, or go on after the preflight.
    #[getter]
    fn allowed(&self) -> bool {
        self.reason.allows()
    }

    /// Why, as a stable code such as `"origin-not-allowed"`.
    #[getter]
    fn reason(&self) -> &'static str {
        self.reason.code()
    }

    /// Why, in one sentence.
    #[getter]
    fn words(&self) -> &'static str {
        self.reason.words()
    }

    /// The response headers to send beside `Vary`, as pairs of text.
    #[getter]
    fn headers(&self) -> Vec<(&'static str, String)> {
        self.added.iter().map(|(name, value)| (*name, lines::text(value))).collect()
    }

    /// The names that `Vary` has to list.
    #[getter]
    fn vary(&self) -> Vec<&str> {
        self.vary.iter().map(|name| &**name).collect()
    }

    /// The application's header lines, pairs of bytes, with this answer put on them: its own CORS headers
    /// go, the answer's come, and `Vary` gets what it lacks.
    #[pyo3(signature = (headers, /))]
    fn apply<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        self.apply_as(headers, line_of_bytes)
    }

    /// As `apply`, for pairs of text.
    #[pyo3(signature = (headers, /))]
    fn apply_text<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        self.apply_as(headers, line_of_text)
    }

    fn __repr__(&self) -> String {
        format!("<Answer {} {}>", self.kind.as_str(), self.reason.code())
    }
}
