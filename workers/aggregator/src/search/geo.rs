//! Points on the earth, the box round one, and how far two are apart.

use std::str::FromStr;

/// Metres to a degree of latitude; a sphere of the earth's mean radius is within half a percent of the ellipsoid.
const METRES_PER_DEGREE: f64 = 111_195.0;
const EARTH_RADIUS_M: f64 = 6_371_009.0;

/// A point in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// North.
    pub latitude: f64,
    /// East.
    pub longitude: f64,
}

/// The text is not `latitude,longitude` in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPoint;

impl FromStr for Point {
    type Err = NotAPoint;

    fn from_str(text: &str) -> Result<Self, NotAPoint> {
        let (latitude, longitude) = text.split_once(',').ok_or(NotAPoint)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| NotAPoint);
        let point = Self { latitude: number(latitude)?, longitude: number(longitude)? };
        // NaN and infinity read as numbers but lie in no range.
        let on_earth =
            (-90.0..=90.0).contains(&point.latitude) && (-180.0..=180.0).contains(&point.longitude);
        on_earth.then_some(point).ok_or(NotAPoint)
    }
}

/// All points within a distance lie in it: a band of latitude, and one or two ranges of longitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// From south to north.
    pub latitude: (f64, f64),
    /// From west to east.
    pub longitude: (f64, f64),
    /// Beyond the date line, where the box reaches there.
    pub beyond: Option<(f64, f64)>,
}

impl Point {
    /// The box that holds every point within `metres`.
    pub fn bounds(self, metres: u32) -> Bounds {
        let height = f64::from(metres) / METRES_PER_DEGREE;
        let (south, north) = (self.latitude - height, self.latitude + height);
        let latitude = (south.max(-90.0), north.min(90.0));
        // Degrees of longitude are narrowest at the end of the box nearest to a pole.
        let narrowest = south.abs().max(north.abs()).to_radians().cos();
        let width = height / narrowest;
        if narrowest <= 0.0 || width >= 180.0 || south <= -90.0 || north >= 90.0 {
            return Bounds { latitude, longitude: (-180.0, 180.0), beyond: None };
        }
        let (west, east) = (self.longitude - width, self.longitude + width);
        let beyond = if west < -180.0 {
            Some((west + 360.0, 180.0))
        } else if east > 180.0 {
            Some((-180.0, east - 360.0))
        } else {
            None
        };
        Bounds { latitude, longitude: (west.max(-180.0), east.min(180.0)), beyond }
    }

    /// Metres to `other`, along the sphere.
    pub fn metres_to(self, other: Self) -> u32 {
        let half = |one: f64, two: f64| ((two - one).to_radians() / 2.0).sin().powi(2);
        let between = half(self.latitude, other.latitude)
            + self.latitude.to_radians().cos()
                * other.latitude.to_radians().cos()
                * half(self.longitude, other.longitude);
        let metres = 2.0 * EARTH_RADIUS_M * between.clamp(0.0, 1.0).sqrt().asin();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "half the earth's girth is 20 million metres, and the cast saturates"
        )]
        let metres = metres.round() as u32;
        metres
    }
}

impl Bounds {
    /// Whether `point` lies in it.
    #[cfg(test)]
    fn holds(&self, point: Point) -> bool {
        let within = |range: (f64, f64), value: f64| (range.0..=range.1).contains(&value);
        within(self.latitude, point.latitude)
            && (within(self.longitude, point.longitude)
                || self.beyond.is_some_and(|range| within(range, point.longitude)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PORTLAND: Point = Point { latitude: 45.5316, longitude: -122.6668 };
    const SEATTLE: Point = Point { latitude: 47.6221, longitude: -122.3540 };

    #[test]
    fn distances_are_those_of_the_map() {
        assert!((233_000..235_000).contains(&PORTLAND.metres_to(SEATTLE)));
        assert_eq!(PORTLAND.metres_to(PORTLAND), 0);
    }

    #[test]
    fn text_that_is_no_point_on_earth_is_refused() {
        assert_eq!("45.5316, -122.6668".parse(), Ok(PORTLAND));
        for text in ["", "45", "45,", "91,0", "0,181", "NaN,0", "inf,0", "a,b", "1,2,3"] {
            assert_eq!(text.parse::<Point>(), Err(NotAPoint), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_box_holds_every_point_within_the_distance(
            latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64,
            other_latitude in -90.0..90.0_f64, other_longitude in -180.0..180.0_f64, km in 1_u32..5_000,
        ) {
            let (point, other) = (Point { latitude, longitude }, Point { latitude: other_latitude, longitude: other_longitude });
            let metres = km.saturating_mul(1_000);
            let bounds = point.bounds(metres.saturating_add(50));
            prop_assert!(point.metres_to(other) > metres || bounds.holds(other));
        }
    }
}
