//! The two places in memory through which everything goes.

use serde_json::Value;
use std::cell::RefCell;

/// What is kept of a buffer after a large text went through it.
const KEPT: usize = 64 * 1024;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn room_for_input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.resize(length, 0);
        input.shrink_to(length.max(KEPT));
        input.as_mut_ptr()
    })
}

pub(crate) fn output() -> *const u8 {
    OUTPUT.with_borrow(Vec::as_ptr)
}

/// Reads the first `length` bytes of the input, or as many as there are.
pub(crate) fn read<T>(length: usize, read: impl FnOnce(&[u8]) -> T) -> T {
    INPUT.with_borrow(|input| read(input.get(..length).unwrap_or(input)))
}

pub(crate) fn write_json(value: &Value) -> usize {
    OUTPUT.with_borrow_mut(|output| {
        output.clear();
        output.shrink_to(KEPT);
        // Writing into memory does not fail, and every key is a text.
        let _ = serde_json::to_writer(&mut *output, value);
        output.len()
    })
}
