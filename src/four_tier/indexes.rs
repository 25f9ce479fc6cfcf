//! What the lists that people look through are found by, for those who ask for it.

use super::vocabularies::IN_USE;
use crate::schema::{Index, Labels, List, SchemaBuilder, own};

/// The lists, each with the field of its code.
const LISTS: [(&str, Option<&str>); 7] = [
    ("powers", Some("code")),
    ("implementers", None),
    ("services", Some("basic_code")),
    ("enforcement", Some("basic_code")),
    ("service_implementation", Some("implementation_code")),
    ("inspection_implementation", Some("inspection_code")),
    ("handling_items", Some("handling_code")),
];

/// Declares the indexes.
pub(super) fn add(mut builder: SchemaBuilder) -> SchemaBuilder {
    for (name, code) in LISTS {
        if let Some(list) = builder.lists.get_mut(name) {
            *list = indexed(std::mem::take(list), code);
        }
    }
    builder
}

/// By body and type, as far as the list has a type: all rows, and those in use; by code; by name.
fn indexed(list: List, code: Option<&str>) -> List {
    let by_body: Vec<&str> = ["body", "type"].into_iter().filter(|field| list.fields.contains_key(*field)).collect();
    let in_use = Index::on(by_body.clone()).when(own("state").is(IN_USE));
    let has_name = list.fields.contains_key("name");
    let mut list = list
        .index("by_body", Index::on(by_body).labels(Labels::zh_en("按主体和类型", "by body and type")))
        .index("in_use", in_use.labels(Labels::zh_en("在用，按主体和类型", "in use, by body and type")));
    if let Some(code) = code {
        list = list.index("by_code", Index::on([code]).labels(Labels::zh_en("按编码", "by code")));
    }
    if has_name {
        list = list.index("by_name", Index::on(["name"]).labels(Labels::zh_en("按名称", "by name")));
    }
    list
}
