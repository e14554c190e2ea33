//! Header lines as Python servers hold them: sequences of pairs of bytes (ASGI) or of text (WSGI).

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use std::borrow::Cow;

/// One line, as a tuple. Servers that follow their protocol pass tuples; anything else of two elements does.
pub(crate) fn pair<'py>(line: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let pair = match line.cast_into::<PyTuple>() {
        Ok(pair) => pair,
        Err(error) => error.into_inner().try_iter()?.collect::<PyResult<Vec<_>>>().and_then(|items| {
            let py =
                items.first().ok_or_else(|| PyTypeError::new_err("a header is a name and a value"))?.py();
            PyTuple::new(py, items)
        })?,
    };
    match pair.len() {
        2 => Ok(pair),
        _ => Err(PyTypeError::new_err("a header is a name and a value")),
    }
}

/// The length of a name or a value in bytes, without looking at them.
pub(crate) fn length(text: &Bound<'_, PyAny>) -> PyResult<usize> {
    match text.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.as_bytes().len()),
        Err(_) => text.len(),
    }
}

/// A name or a value as bytes: text is Latin-1, as WSGI has it.
pub(crate) fn bytes<'a>(text: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = text.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    if let Ok(text) = text.cast::<PyString>() {
        let text = text.to_cow()?;
        return Ok(match text.is_ascii() {
            true => Cow::Owned(text.into_owned().into_bytes()),
            false => Cow::Owned(latin1(&text)?),
        });
    }
    text.extract::<Vec<u8>>().map(Cow::Owned)
}

pub(crate) fn latin1(text: &str) -> PyResult<Vec<u8>> {
    let bytes: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    bytes.ok_or_else(|| PyTypeError::new_err("a header has a character that no byte stands for"))
}

/// Bytes as text, one character for each byte.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
