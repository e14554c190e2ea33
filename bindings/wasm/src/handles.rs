//! Numbers that stand for things kept on this side.

/// Things by their handles; a handle that was freed is given out again.
pub(crate) struct Handles<T> {
    slots: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Handles<T> {
    pub(crate) const fn new() -> Self {
        Handles { slots: Vec::new(), free: Vec::new() }
    }

    pub(crate) fn insert(&mut self, thing: T) -> usize {
        match self.free.pop() {
            Some(handle) => {
                self.slots[handle] = Some(thing);
                handle
            }
            None => {
                self.slots.push(Some(thing));
                self.slots.len() - 1
            }
        }
    }

    pub(crate) fn get(&self, handle: usize) -> Option<&T> {
        self.slots.get(handle)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, handle: usize) -> Option<&mut T> {
        self.slots.get_mut(handle)?.as_mut()
    }

    pub(crate) fn remove(&mut self, handle: usize) -> Option<T> {
        let thing = self.slots.get_mut(handle)?.take()?;
        self.free.push(handle);
        Some(thing)
    }
}
