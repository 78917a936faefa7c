//! Partners for many listings at once: the surest pairs first, and a doubtful one only where nobody else is meant.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::facts::EventFacts;
use crate::matcher::{Profile, SAME_IF_ALONE_FROM, settle_lone_numbers};
use crate::verdict::{Decision, Reason, Verdict};

/// A listing on the left and the one on the right that it is, or may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Index on the left.
    pub left: usize,
    /// Index on the right.
    pub right: usize,
    /// How sure it is, and why.
    pub verdict: Verdict,
}

/// Finds the partners of all listings of two catalogues.
///
/// `candidates` are the pairs worth a look (those that share a key). The surest pairs go first, and who is paired is
/// out of the game; equally sure pairs of one listing are all taken when their starts agree to the minute (a market
/// listed the event twice), else all doubtful. A pair that is doubtful only because times do not quite agree is one
/// event when neither side has another partner that could be meant. Pairs left `Doubtful` are answered too, for
/// review. The order of the input does not matter.
pub fn assign(left: &[EventFacts], right: &[EventFacts], candidates: &[(usize, usize)]) -> Vec<Pairing> {
    let (left_profiles, right_profiles) = (profiles(left), profiles(right));
    let mut pairings: Vec<Pairing> = candidates
        .iter()
        .filter_map(|(left, right)| {
            let verdict = left_profiles.get(*left)?.judge(right_profiles.get(*right)?);
            (verdict.decision != Decision::Different).then_some(Pairing {
                left: *left,
                right: *right,
                verdict,
            })
        })
        .collect();
    pairings
        .sort_by_key(|pairing| (Reverse(pairing.verdict.confidence_permille), pairing.left, pairing.right));
    pairings.dedup();

    let mut taken = Taken::default();
    let mut answered = Vec::new();
    let mut open = Vec::new();
    for equally_sure in
        pairings.chunk_by(|a, b| a.verdict.confidence_permille == b.verdict.confidence_permille)
    {
        let free: Vec<&Pairing> = equally_sure.iter().filter(|pairing| taken.neither(pairing)).collect();
        let rivals = Rivals::of(free.iter().copied());
        for pairing in free {
            let told_apart = rivals.is_alone(pairing) || pairing.verdict.reasons.contains(&Reason::SameStart);
            if pairing.verdict.decision == Decision::Same && told_apart {
                taken.take(pairing);
                answered.push(pairing.clone());
            } else {
                open.push(pairing.clone());
            }
        }
    }
    open.retain(|pairing| taken.neither(pairing));
    let rivals = Rivals::of(&open);
    answered.extend(open.into_iter().map(|mut pairing| {
        let sure_enough = i32::from(pairing.verdict.confidence_permille) >= SAME_IF_ALONE_FROM
            && !pairing.verdict.reasons.iter().any(|reason| NOT_OF_TIME.contains(reason));
        let same = rivals.is_alone(&pairing) && sure_enough;
        pairing.verdict.decision = if same { Decision::Same } else { Decision::Doubtful };
        pairing
    }));
    answered
}

fn profiles(events: &[EventFacts]) -> Vec<Profile<'_>> {
    let mut profiles: Vec<Profile<'_>> = events.iter().map(Profile::read).collect();
    settle_lone_numbers(&mut profiles);
    profiles
}

/// Doubts that being alone does not lift: another house in town may have a show of that name as well.
const NOT_OF_TIME: [Reason; 5] = [
    Reason::OtherVenueInTown,
    Reason::VenueUnknown,
    Reason::OtherName,
    Reason::StartUnknown,
    Reason::ForeignIdDisagrees,
];

/// Listings that have their partner.
#[derive(Debug, Default)]
struct Taken {
    left: BTreeSet<usize>,
    right: BTreeSet<usize>,
}

impl Taken {
    fn neither(&self, pairing: &Pairing) -> bool {
        !self.left.contains(&pairing.left) && !self.right.contains(&pairing.right)
    }

    fn take(&mut self, pairing: &Pairing) {
        self.left.insert(pairing.left);
        self.right.insert(pairing.right);
    }
}

/// How many pairs each listing is in.
#[derive(Debug, Default)]
struct Rivals {
    left: BTreeMap<usize, usize>,
    right: BTreeMap<usize, usize>,
}

impl Rivals {
    fn of<'a>(pairings: impl IntoIterator<Item = &'a Pairing>) -> Self {
        let mut rivals = Self::default();
        for pairing in pairings {
            for (side, index) in [(&mut rivals.left, pairing.left), (&mut rivals.right, pairing.right)] {
                let count = side.entry(index).or_insert(0_usize);
                *count = count.saturating_add(1);
            }
        }
        rivals
    }

    fn is_alone(&self, pairing: &Pairing) -> bool {
        self.left.get(&pairing.left) == Some(&1) && self.right.get(&pairing.right) == Some(&1)
    }
}
