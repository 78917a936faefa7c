//! No row is worth more than one in front of it.

use std::collections::BTreeMap;

use super::Seats;
use super::affinity::Row;

/// `logs` in the order of `seats`, changed as little as possible so that within an event, section and quantity they
/// never rise from one numbered row to the next: pooling adjacent violators (Ayer et al., 1955).
pub(super) fn by_row(seats: &[Seats<'_>], logs: &[f64]) -> Vec<f64> {
    let mut curves: BTreeMap<(&str, &str, u32), BTreeMap<u32, Vec<usize>>> = BTreeMap::new();
    for (at, seats) in seats.iter().enumerate() {
        if let Some(row) = Row::number(seats.row) {
            let curve = curves.entry((seats.event, seats.section, seats.quantity)).or_default();
            curve.entry(row).or_default().push(at);
        }
    }
    let mut ordered = logs.to_vec();
    for curve in curves.into_values() {
        let mut pools: Vec<Pool> = Vec::new();
        for members in curve.into_values() {
            let mut pool = Pool::of(members, logs);
            while let Some(front) = pools.pop_if(|front| front.mean() < pool.mean()) {
                pool = front.join(pool);
            }
            pools.push(pool);
        }
        for pool in pools {
            let mean = pool.mean();
            for member in pool.members {
                if let Some(log) = ordered.get_mut(member) {
                    *log = mean;
                }
            }
        }
    }
    ordered
}

/// Rows that are worth the same.
struct Pool {
    members: Vec<usize>,
    sum: f64,
    count: f64,
}

impl Pool {
    fn of(members: Vec<usize>, logs: &[f64]) -> Self {
        let values = members.iter().filter_map(|member| logs.get(*member));
        let (sum, count) = values.fold((0.0, 0.0), |(sum, count), log| (sum + log, count + 1.0));
        Self { members, sum, count }
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    fn join(mut self, behind: Self) -> Self {
        self.members.extend(behind.members);
        Self { members: self.members, sum: self.sum + behind.sum, count: self.count + behind.count }
    }
}
