//! A list with an index by key, in order of insertion.

use std::collections::HashMap;

#[derive(Debug)]
pub(super) struct Indexed<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Indexed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Indexed<T> {
    /// Adds an item; an item already under the key is replaced.
    pub(super) fn insert(&mut self, key: &str, item: T) {
        if let Some(old) = self.get_mut(key) {
            *old = item;
        } else {
            self.places.insert(key.to_owned(), self.items.len());
            self.items.push(item);
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.places.get(key).and_then(|at| self.items.get(*at))
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.places.get(key).and_then(|at| self.items.get_mut(*at))
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }
}
