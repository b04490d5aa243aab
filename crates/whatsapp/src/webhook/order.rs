//! The order of the items of one POST.

use super::Item;

/// Stable sort by Meta's time, which has a resolution of a second: equal times keep their positions. An item
/// without a time takes that of the item before it, the first ones come first.
pub(crate) fn by_time(items: &mut [Item]) {
    if items.len() < 2 {
        return;
    }
    let mut last = i64::MIN;
    let mut keyed: Vec<i64> = Vec::with_capacity(items.len());
    for item in items.iter() {
        last = item.at_ms.unwrap_or(last);
        keyed.push(last);
    }
    if keyed.is_sorted() {
        return;
    }
    let mut places: Vec<usize> = (0..items.len()).collect();
    places.sort_by_key(|place| keyed[*place]);
    permute(items, places);
}

/// Moves the item at `places[i]` to `i`, without copying any.
fn permute(items: &mut [Item], mut places: Vec<usize>) {
    for start in 0..items.len() {
        let mut hole = start;
        while places[hole] != start {
            let from = places[hole];
            items.swap(hole, from);
            places[hole] = hole;
            hole = from;
        }
        places[hole] = hole;
    }
}
