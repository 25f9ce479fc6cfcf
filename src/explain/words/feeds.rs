//! What a row feeds, in words.

use super::{
    super::feeds::{Fed, Feeds},
    Form, Page, counted,
};

/// Writes what a row feeds, by tier and list.
pub(in super::super) fn feeds(feeds: &Feeds, language: Option<&str>, form: Form) -> String {
    let mut page = Page::new(&feeds.schema, language);
    let row = page.row(&feeds.list, &feeds.key);
    let lists = feeds.rows.chunk_by(|a, b| a.list == b.list).count();
    let (rows, en_lists) = (counted(feeds.rows.len(), "row"), counted(lists, "list"));
    let title = page.say(
        &format!("{row} feeds {rows} in {en_lists}"),
        &format!("{row} 影响 {lists} 个清单中的 {} 个条目", feeds.rows.len()),
    );
    page.line(0, title);
    for (tier, count) in feeds.counts() {
        let of = page.tier(tier);
        let title = page.say(&format!("{of}: {}", counted(count, "row")), &format!("{of}：{count} 个条目"));
        page.line(0, title);
        let rows: Vec<&Fed> = feeds.rows.iter().filter(|row| row.tier == tier).collect();
        for rows in rows.chunk_by(|a, b| a.list == b.list) {
            page.fed(rows);
        }
    }
    page.written(form)
}

impl Page<'_> {
    fn fed(&mut self, rows: &[&Fed]) {
        let Some(first) = rows.first() else { return };
        let list = self.list(&first.list);
        let title =
            self.say(&format!("{list}: {}", counted(rows.len(), "row")), &format!("{list}：{} 个条目", rows.len()));
        self.line(1, title);
        for row in rows {
            let mut through = Vec::new();
            if row.existence {
                through.push(self.say("the row", "条目本身"));
            }
            through.extend(row.fields.iter().map(|field| self.field(&row.list, field)));
            let (comma, colon) = if self.zh { ("、", "：") } else { (", ", ": ") };
            self.line(2, format!("{}{colon}{}", row.key, through.join(comma)));
        }
    }
}
