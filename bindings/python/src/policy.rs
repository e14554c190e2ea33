//! The compiled policy, and the requests it is asked about.

use crate::answer::Answer;
use crate::lines;
use cors_engine::server::document::PolicyDocument;
use cors_engine::server::{ConfigErrors, Finding};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyIterator, PyList, PyString, PyTuple, PyType};
use smallvec::SmallVec;
use std::borrow::Cow;

/// Who may read a server's answers across origins, and with what requests. Immutable; any thread may ask it.
#[pyclass(frozen, module = "cors_engine")]
pub(crate) struct Policy {
    policy: cors_engine::Policy,
    findings: Vec<Finding>,
}

/// Names of request headers, in ASGI's case, beside which a policy reads nothing.
const READ: [&str; 3] = ["origin", "access-control-request-method", "access-control-request-headers"];

/// A header line that the engine is shown.
type Line<'a, Name> = (Name, Cow<'a, [u8]>);

impl Policy {
    fn build(
        py: Python<'_>,
        document: Result<PolicyDocument, ConfigErrors>,
        environment: Option<&str>,
        place: Place,
    ) -> PyResult<Self> {
        let config = document.and_then(|document| document.config(environment));
        let built = config.and_then(|config| Ok((config.audit(), config.build()?)));
        let (findings, policy) = built.map_err(|errors| policy_error(py, &errors, place))?;
        Ok(Policy { policy, findings })
    }
}

/// Whether mistakes are said with their places, which mean something in a document only.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    Said,
    Unsaid,
}

/// The exception that says every mistake.
fn policy_error(py: Python<'_>, errors: &ConfigErrors, place: Place) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let mistakes: Vec<_> = errors
        .as_slice()
        .iter()
        .map(|error| {
            let position = error.position.filter(|_| place == Place::Said);
            let position = position.map(|position| (position.line, position.column));
            (error.code.code(), &error.key, &error.value, &error.advice, position)
        })
        .collect();
    let made = CLASS
        .import(py, "cors_engine._errors", "PolicyError")
        .and_then(|class| class.call_method1("of", (mistakes,)));
    made.map_or_else(|error| error, PyErr::from_value)
}

#[pymethods]
impl Policy {
    /// A policy with these keys, which are those of policy documents.
    #[new]
    #[pyo3(signature = (**keys))]
    fn new(py: Python<'_>, keys: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let options = PyDict::new(py);
        options.set_item("default", py.get_type::<PyList>())?;
        let keys = keys.cloned().unwrap_or_else(|| PyDict::new(py));
        let text = py.import("json")?.call_method("dumps", (keys,), Some(&options))?;
        Policy::build(py, PolicyDocument::from_json(&text.cast::<PyString>()?.to_cow()?), None, Place::Unsaid)
    }

    /// Reads a policy document in TOML; `environment` chooses one of its `env` tables.
    #[staticmethod]
    #[pyo3(signature = (text, environment = None))]
    fn from_toml(py: Python<'_>, text: &str, environment: Option<&str>) -> PyResult<Self> {
        Policy::build(py, PolicyDocument::from_toml(text), environment, Place::Said)
    }

    /// Reads a policy document in JSON; `environment` chooses one of its `env` tables.
    #[staticmethod]
    #[pyo3(signature = (text, environment = None))]
    fn from_json(py: Python<'_>, text: &str, environment: Option<&str>) -> PyResult<Self> {
        Policy::build(py, PolicyDocument::from_json(text), environment, Place::Said)
    }

    /// Whether browsers may send credentials and let script read the answers.
    #[getter]
    fn allows_credentials(&self) -> bool {
        self.policy.allows_credentials()
    }

    /// What is valid and still worth a second look: risky, dead, capped, shadowed or redundant.
    fn audit<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let class = CLASS.import(py, "cors_engine._errors", "Finding")?;
        let finding = |finding: &Finding| {
            let (code, related) = (finding.code, &finding.related);
            class.call1((
                code.kind().as_str(),
                code.code(),
                &finding.key,
                &finding.value,
                code.words(),
                related,
            ))
        };
        self.findings.iter().map(finding).collect()
    }

    /// The answer to a request with this method and these header lines: pairs of bytes or of text.
    #[pyo3(signature = (method, headers, /))]
    fn answer(&self, method: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>) -> PyResult<Answer> {
        let mut read: SmallVec<[Bound<'_, PyTuple>; 4]> = SmallVec::new();
        for line in PyIterator::from_object(headers)? {
            let line = lines::pair(line?)?;
            let length = lines::length(&*line.get_borrowed_item(0)?)?;
            if READ.iter().any(|name| name.len() == length) {
                read.push(line);
            }
        }
        let items: SmallVec<[_; 4]> =
            read.iter().map(|line| Ok((line.get_item(0)?, line.get_item(1)?))).collect::<PyResult<_>>()?;
        let lines: SmallVec<[Line<'_, Cow<'_, [u8]>>; 4]> = items
            .iter()
            .map(|(name, value)| Ok((lines::bytes(name)?, lines::bytes(value)?)))
            .collect::<PyResult<_>>()?;
        Ok(Answer::of(&self.policy.answer(&lines::bytes(method)?, lines.as_slice())))
    }

    /// The answer to the request of an ASGI scope of type `http`.
    #[pyo3(signature = (scope, /))]
    fn answer_asgi(&self, scope: &Bound<'_, PyAny>) -> PyResult<Answer> {
        let py = scope.py();
        self.answer(&scope.get_item(intern!(py, "method"))?, &scope.get_item(intern!(py, "headers"))?)
    }

    /// The answer to the request of a WSGI environ, in which a server joins repeated lines with commas.
    #[pyo3(signature = (environ, /))]
    fn answer_wsgi(&self, environ: &Bound<'_, PyDict>) -> PyResult<Answer> {
        let py = environ.py();
        let keys: [&Bound<'_, PyString>; 3] = [
            intern!(py, "HTTP_ORIGIN"),
            intern!(py, "HTTP_ACCESS_CONTROL_REQUEST_METHOD"),
            intern!(py, "HTTP_ACCESS_CONTROL_REQUEST_HEADERS"),
        ];
        let values = [environ.get_item(keys[0])?, environ.get_item(keys[1])?, environ.get_item(keys[2])?];
        let mut lines: SmallVec<[Line<'_, &str>; 3]> = SmallVec::new();
        for (name, value) in READ.into_iter().zip(&values) {
            if let Some(value) = value {
                lines.push((name, lines::bytes(value)?));
            }
        }
        let method = environ.get_item(intern!(py, "REQUEST_METHOD"))?;
        let method = method.as_ref().map(lines::bytes).transpose()?.unwrap_or_default();
        Ok(Answer::of(&self.policy.answer(&method, lines.as_slice())))
    }

    fn __repr__(&self) -> String {
        format!("<Policy credentials={}>", self.allows_credentials())
    }
}
