//! Schemas of odd shapes: what a change looks at is counted, and does not grow with what it is not about.

#[path = "../benches/shapes/mod.rs"]
mod shapes;

use quanze::system::Work;

/// The work of a change, and the rows that it changed.
fn work(shape: &mut shapes::Shape, step: u64) -> (Work, usize) {
    let commit =
        shape.system.commit((shape.change)(step)).unwrap_or_else(|refused| panic!("{}: {refused}", shape.name));
    (shape.system.work(), commit.len())
}

#[test]
fn what_is_not_about_a_change_costs_it_nothing() {
    for make in shapes::ALL {
        let (mut small, mut large) = (make(600), make(6_000));
        for step in 0..4 {
            let (of_small, of_large) = (work(&mut small, step), work(&mut large, step));
            if small.is_flat {
                assert_eq!(of_small, of_large, "{}", small.name);
            }
        }
        small.system.verify().unwrap_or_else(|difference| panic!("{}: {difference}", small.name));
    }
}

#[test]
fn work_is_within_what_has_changed() {
    for make in shapes::ALL {
        let mut shape = make(3_000);
        for step in 0..4 {
            let (Work { visits, evaluations, .. }, rows) = work(&mut shape, step);
            let rows = rows as u64;
            assert!(rows > 0, "{}: nothing has changed", shape.name);
            // A row that is added to a family of three hundred lets all of them be worked out once.
            let family = if shape.name.starts_with("a root") { 320 } else { 0 };
            assert!(visits <= rows + 2, "{}: {visits} visits for {rows} rows", shape.name);
            let most = 4 * rows + 8 + family;
            assert!(evaluations <= most, "{}: {evaluations} evaluations for {rows} rows", shape.name);
        }
    }
}
