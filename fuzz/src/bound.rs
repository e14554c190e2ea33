//! What an input may cost. Memory is counted in bytes asked of the allocator, work in the processor time of
//! this thread; both have a fixed part and a part for each byte of input, so that a path whose cost grows
//! with the square of its input is a finding.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

/// The most that one input may cost.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    bytes: usize,
    bytes_per_byte: usize,
    time: Duration,
    time_per_byte: Duration,
}

/// How many times as long an input may take: a program that counts lines is slower.
const PATIENCE: u32 = if option_env!("CORS_ENGINE_FUZZ_COUNTS_LINES").is_some() { 10 } else { 1 };

/// How often a run that took too long is made again before it is believed: the machine may have been busy.
const ATTEMPTS: usize = 3;

impl Bound {
    /// So many bytes of allocations, and so many more for each byte of input; 50 ms, and 5 us more for each byte. Most
    /// targets take well under a hundredth of that time.
    pub(crate) const fn of(bytes: usize, bytes_per_byte: usize) -> Self {
        let (time, time_per_byte) = (Duration::from_millis(50), Duration::from_micros(5));
        Bound { bytes, bytes_per_byte, time, time_per_byte }
    }

    /// The same with another time.
    pub(crate) const fn with_time(self, time: Duration, time_per_byte: Duration) -> Self {
        Bound { time, time_per_byte, ..self }
    }

    /// Runs `work` on an input of this many bytes, and holds what it cost against the bound.
    pub(crate) fn hold(self, length: usize, work: impl Fn()) {
        let limit = self.bytes + self.bytes_per_byte * length;
        let time_limit =
            (self.time + self.time_per_byte * u32::try_from(length).unwrap_or(u32::MAX)) * PATIENCE;
        for attempt in 1..=ATTEMPTS {
            let (bytes_before, time_before) = (allocated(), processor_time());
            work();
            let (bytes, time) = (allocated() - bytes_before, processor_time() - time_before);
            assert!(
                bytes <= limit,
                "{length} bytes of input made {bytes} bytes of allocations, over {limit}"
            );
            if time <= time_limit {
                return;
            }
            assert!(attempt < ATTEMPTS, "{length} bytes of input took {time:?}, over {time_limit:?}");
        }
    }
}

/// What `work` asks of the allocator.
pub(crate) fn allocations(work: impl FnOnce()) -> usize {
    let before = allocated();
    work();
    allocated() - before
}

fn allocated() -> usize {
    ALLOCATED.with(Cell::get)
}

fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of this frame, which the call fills.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "no clock of this thread's processor time");
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

thread_local! {
    /// The bytes that this thread has asked for so far.
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counted.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: usize) {
    // A thread that ends allocates after its counter is gone.
    let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get().wrapping_add(bytes)));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of this same function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, new_size) }
    }
}
