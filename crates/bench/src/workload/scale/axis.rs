/// What the cost of a task may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Waiting,
    Queues,
    Types,
    Workers,
}

/// What a store holds, and who works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub waiting: usize,
    pub queues: usize,
    pub types: usize,
    pub workers: usize,
}

impl Axis {
    pub(super) const ALL: [Self; 4] = [Self::Waiting, Self::Queues, Self::Types, Self::Workers];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Queues => "queues",
            Self::Types => "types",
            Self::Workers => "workers",
        }
    }

    /// With its unit.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Waiting => "waiting tasks",
            Self::Queues => "queues",
            Self::Types => "task types",
            Self::Workers => "workers",
        }
    }

    /// Percent by which the cost of a task may differ along it.
    pub(super) const fn target(self) -> f64 {
        match self {
            Self::Waiting => 20.0,
            Self::Queues | Self::Types | Self::Workers => 35.0,
        }
    }

    /// Where it is measured, with `most` waiting tasks at the most; everything else is the same all along.
    pub(super) fn points(self, most: usize) -> Vec<Point> {
        const BASE: Point = Point { waiting: 10_000, queues: 1, types: 1, workers: 1 };
        let base = Point { waiting: BASE.waiting.min(most), ..BASE };
        match self {
            Self::Waiting => {
                let all = [1_000, 10_000, 100_000, 1_000_000, 5_000_000];
                all.into_iter().filter(|waiting| *waiting <= most).map(|waiting| Point { waiting, ..base }).collect()
            }
            Self::Queues => [1, 10, 50, 200].map(|queues| Point { queues, ..base }).into(),
            Self::Types => [1, 10, 50, 200].map(|types| Point { types, ..base }).into(),
            Self::Workers => [1, 5, 20, 50].map(|workers| Point { workers, ..base }).into(),
        }
    }

    pub(super) const fn of(self, point: Point) -> usize {
        match self {
            Self::Waiting => point.waiting,
            Self::Queues => point.queues,
            Self::Types => point.types,
            Self::Workers => point.workers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn along_an_axis_nothing_but_the_axis_changes() {
        for axis in Axis::ALL {
            let points = axis.points(5_000_000);
            for pair in points.windows(2) {
                assert!(axis.of(pair[0]) < axis.of(pair[1]), "{axis:?}");
                let others = |point| Axis::ALL.map(|other| if other == axis { 0 } else { other.of(point) });
                assert_eq!(others(pair[0]), others(pair[1]), "{axis:?}");
            }
        }
    }

    #[test]
    fn no_store_is_larger_than_was_asked_for() {
        for axis in Axis::ALL {
            assert!(axis.points(2_000).iter().all(|point| point.waiting <= 2_000), "{axis:?}");
        }
        assert_eq!(Axis::Waiting.points(100_000).len(), 3);
    }
}
