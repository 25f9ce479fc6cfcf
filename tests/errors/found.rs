//! Rows looked for by what no index has, and pages that lead nowhere.

use quanze::{
    Edits, ListSystem, Record, Schema,
    find::{Cursor, Find, Paging},
    schema::{Index, List, Type, own},
};

use super::{Outcome, Said};

fn system() -> Outcome<ListSystem> {
    let powers = List::base()
        .field("name", Type::Text)
        .field("limit", Type::Integer)
        .field("open", Type::Boolean)
        .index("by_limit", Index::on(["limit", "name"]))
        .index("open", Index::on(["name"]).when(own("open")));
    let plain = List::base().field("name", Type::Text);
    let mut system = ListSystem::new(Schema::builder().list("powers", powers).list("plain", plain).build()?);
    let row = Record::new().with("name", "Food licence").with("limit", 20);
    system.commit(Edits::new().insert("powers", "food", &row).insert("powers", "fish", &row).insert(
        "plain",
        "a",
        &Record::new(),
    ))?;
    Ok(system)
}

pub(crate) fn bring_about(said: &mut Said) -> Outcome {
    let system = system()?;
    let (powers, plain) = (system.list("powers")?, system.list("plain")?);
    let wrong = [
        Find::by("limits", 1),
        Find::in_index("by_name").is("name", "a"),
        Find::by("name", "a"),
        Find::in_index("open").is("limit", 1),
        Find::by("limit", "soon"),
        Find::default().starts_with("limit", "2"),
    ];
    for find in wrong {
        said.variant("FindError", &powers.find(&find).err().ok_or_else(|| format!("{find:?} is answered"))?);
    }
    said.variant("FindError", &plain.find(&Find::by("name", "a")).expect_err("the list has no index"));
    said.variant("FindError", &powers.page(0).expect_err("a page of nothing"));
    let first = powers.page(1)?;
    let cursor = first.next().ok_or("there is one more row")?;
    let other = Paging::of(1).after(cursor.clone());
    said.variant("FindError", &plain.page(other.clone()).expect_err("the cursor is of another list"));
    let found = powers.find(&Find::by("limit", 20))?;
    said.variant("FindError", &found.page(other).expect_err("the cursor is of the list's own order"));
    said.plain("CursorError", &"powers-2".parse::<Cursor>().expect_err("it names no schema"));
    Ok(())
}
