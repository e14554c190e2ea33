//! What is held against every input that the fuzzer finds, one room a target. The files in `fuzz_targets` do
//! nothing but hand the bytes in.

mod bound;
pub mod c_abi;
pub mod captures;
pub mod closed_loop;
pub mod decision;
pub mod machine;
#[path = "../../tests/naive/mod.rs"]
mod naive;
pub mod origin_set;
pub mod origins;
pub mod parsers;
pub mod policy_documents;
pub mod replay;
mod stretch;
mod vocabulary;
