//! SQLite in memory: base tables, the derived lists of an item as one statement, all statements prepared once, one transaction a
//! commit. What a change does is what that statement gives before and after it, for the items that it touches.

use std::cell::RefCell;

use rusqlite::{Connection, Row, params};

use crate::{
    item_rows::{ItemRow, Totals, read, sum_up, sum_up_all, tell, total},
    workload::{
        Engine,
        checksum::{Consumer, List, ROW_LISTS, Sum, Total},
        generator::{Change, Code, HandlingKey, Item, KINDS, Op, inspection_slots, scenarios, service_slots},
    },
};

const SCHEMA: &str = "
create table items (
    id integer primary key, code text not null unique, name text not null, kind integer not null,
    department integer not null, articles blob not null, limit_days integer not null, active integer not null,
    fees integer not null, intermediary integer not null, territorial integer not null,
    remark integer not null, s integer not null, t integer not null
) strict;
create table co_departments (item integer not null, department integer not null, primary key (item, department))
    strict, without rowid;
create table service_places (item integer not null, slot integer not null, promised_kind integer, promise integer,
    primary key (item, slot)) strict, without rowid;
create table inspection_places (item integer not null, slot integer not null, primary key (item, slot))
    strict, without rowid;
create table scenarios (kind integer not null, number integer not null, primary key (kind, number))
    strict, without rowid;
create table totals (department integer primary key, rows integer not null, sum integer not null) strict;
";

const FIND: &str = "select id from items where code = ?1";
const ITEM: &str = "select name, kind, department, articles, limit_days, active, code from items where id = ?1";
/// The rows of one item in all lists. As views over all items, asked for one, the same took five times as long.
const ROWS: &str = "
with this as materialized (select * from items where id = ?1 and active),
implementations as materialized (
    select kind, slot, min(case when promised_kind = kind then ifnull(promise, limit_days) else limit_days end,
        limit_days) as effective
    from this cross join service_places on item = id where kind in (0, 4, 5, 6, 7, 9)
)
select 0, 0, 0, 0, limit_days from this where kind in (0, 4, 5, 6, 7, 9)
union all select 1, 0, 0, 0, limit_days from this where kind in (1, 2, 3, 5)
union all select 2, 0, 0, 0, limit_days from this where kind in (0, 1, 5)
union all select 3, 0, 0, 0, limit_days from this where fees
union all select 4, 0, 0, 0, limit_days from this where intermediary
union all select 5, 0, 0, 0, limit_days from this where territorial
union all select 6, 0, co_departments.department, 0, limit_days from this cross join co_departments on item = id
union all select 7, kind, slot, 0, effective from implementations
union all select 8, kind, slot, 0, limit_days
    from this cross join inspection_places on item = id where kind in (0, 1, 5)
union all select 9, implementations.kind, slot, number, effective
    from implementations cross join scenarios on scenarios.kind = implementations.kind";

/// The engine.
pub(crate) struct Sqlite {
    db: Connection,
    /// Of what no list shows, what an item of the workload has besides.
    blank: Item,
    totals: RefCell<Totals>,
    name: String,
}

type Sql<T> = rusqlite::Result<T>;

fn row(row: &Row<'_>) -> Sql<ItemRow> {
    Ok(ItemRow {
        list: ROW_LISTS[usize::from(row.get::<_, u8>(0)?)],
        kind: row.get(1)?,
        slot: row.get(2)?,
        scenario: row.get(3)?,
        effective: row.get(4)?,
    })
}

impl Sqlite {
    fn find(&self, code: &Code) -> Sql<Option<i64>> {
        let mut find = self.db.prepare_cached(FIND)?;
        let mut found = find.query([code.as_str()])?;
        found.next()?.map(|row| row.get(0)).transpose()
    }

    /// Reads what the lists show of an item.
    fn item(&self, id: i64, code: Code) -> Sql<Item> {
        self.db.prepare_cached(ITEM)?.query_row([id], |row| {
            let articles: Vec<u8> = row.get(3)?;
            Ok(Item {
                code,
                name: row.get(0)?,
                kind: row.get(1)?,
                department: row.get(2)?,
                articles: articles.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect(),
                limit: row.get(4)?,
                active: row.get(5)?,
                ..self.blank.clone()
            })
        })
    }

    fn rows(&self, id: i64) -> Sql<Vec<ItemRow>> {
        let mut rows: Vec<ItemRow> = self.db.prepare_cached(ROWS)?.query_map([id], row)?.collect::<Sql<_>>()?;
        rows.sort_unstable();
        Ok(rows)
    }

    fn change(&self, id: i64, change: &Change) -> Sql<usize> {
        match change {
            Change::Name(name) => {
                self.db.prepare_cached("update items set name = ?2 where id = ?1")?.execute(params![id, name])
            }
            Change::Limit(limit) => {
                self.db.prepare_cached("update items set limit_days = ?2 where id = ?1")?.execute(params![id, limit])
            }
            Change::Kind(kind) => {
                self.db.prepare_cached("update items set kind = ?2 where id = ?1")?.execute(params![id, kind])
            }
            Change::Active(active) => {
                self.db.prepare_cached("update items set active = ?2 where id = ?1")?.execute(params![id, active])
            }
            Change::Remark(remark) => {
                self.db.prepare_cached("update items set remark = ?2 where id = ?1")?.execute(params![id, remark])
            }
        }
    }

    fn add_to_total(&self, department: u8, old: Total, new: Total) -> Sql<()> {
        if old != new {
            let by = |new: u64, old: u64| new.wrapping_sub(old) as i64;
            let mut add = self.db.prepare_cached(
                "insert into totals values (?1, ?2, ?3)
                 on conflict do update set rows = rows + excluded.rows, sum = sum + excluded.sum",
            )?;
            add.execute(params![department, by(new.rows, old.rows), by(new.sum, old.sum)])?;
            self.totals.borrow_mut().replace(department, old, new);
        }
        Ok(())
    }

    fn run<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) -> Sql<()> {
        let before = self.totals.borrow().clone();
        self.db.prepare_cached("begin")?.execute([])?;
        for op in ops {
            let Some(id) = self.find(&op.code)? else { continue };
            if let Change::Remark(_) = op.change {
                // No list shows it.
                self.change(id, &op.change)?;
                continue;
            }
            let (old_item, old) = (self.item(id, op.code)?, self.rows(id)?);
            self.change(id, &op.change)?;
            let (new_item, new) = (self.item(id, op.code)?, self.rows(id)?);
            tell((&old_item, &old), (&new_item, &new), (id as u64) << 8, &mut self.name, consumer);
            self.add_to_total(new_item.department, total(&old), total(&new))?;
        }
        self.db.prepare_cached("commit")?.execute([])?;
        self.totals.borrow().tell(&before, consumer);
        consumer.committed();
        Ok(())
    }

    fn made<C: Consumer>(items: &[Item], consumer: &mut C) -> Sql<Self> {
        let db = Connection::open_in_memory()?;
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch("pragma journal_mode = memory; pragma synchronous = off; pragma temp_store = memory;")?;
        db.execute_batch(SCHEMA)?;
        let mut engine = Self {
            db,
            blank: Item { name: String::new(), articles: Vec::new(), co_departments: Vec::new(), ..items[0].clone() },
            totals: RefCell::default(),
            name: String::new(),
        };
        engine.db.execute_batch("begin")?;
        for kind in 0..KINDS {
            for number in 0..scenarios(kind).len() as u8 {
                engine.db.execute("insert into scenarios values (?1, ?2)", params![kind, number])?;
            }
        }
        for (id, item) in (0_i64..).zip(items) {
            engine.insert(id, item)?;
        }
        for (id, item) in (0_i64..).zip(items) {
            let new = engine.rows(id)?;
            tell((item, &[]), (item, &new), (id as u64) << 8, &mut engine.name, consumer);
            engine.add_to_total(item.department, total(&[]), total(&new))?;
        }
        engine.db.execute_batch("commit")?;
        engine.totals.borrow().tell(&Totals::default(), consumer);
        consumer.committed();
        Ok(engine)
    }

    fn insert(&self, id: i64, item: &Item) -> Sql<()> {
        let articles: Vec<u8> = item.articles.iter().flat_map(|article| article.to_le_bytes()).collect();
        let [fees, intermediary, territorial] = item.flags;
        self.db
            .prepare_cached("insert into items values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")?
            .execute(params![
                id,
                item.code.as_str(),
                item.name,
                item.kind,
                item.department,
                articles,
                item.limit,
                item.active,
                fees,
                intermediary,
                territorial,
                item.remark,
                item.s,
                item.t
            ])?;
        for department in &item.co_departments {
            let mut insert = self.db.prepare_cached("insert into co_departments values (?1, ?2)")?;
            insert.execute(params![id, department])?;
        }
        for (slot, promise) in service_slots(item.s).into_iter().zip(item.promises) {
            let mut insert = self.db.prepare_cached("insert into service_places values (?1, ?2, ?3, ?4)")?;
            insert.execute(params![id, slot, item.promised_kind, promise])?;
        }
        for slot in inspection_slots(item.t) {
            self.db.prepare_cached("insert into inspection_places values (?1, ?2)")?.execute(params![id, slot])?;
        }
        Ok(())
    }

    /// All items as the lists show them, those of each by the rows that the views give.
    fn all(&self) -> Sql<Vec<Item>> {
        let mut codes =
            self.db.prepare("select id, code, s, t, fees, intermediary, territorial from items order by id")?;
        let mut found = codes.query([])?;
        let mut items = Vec::new();
        while let Some(row) = found.next()? {
            let (id, code): (i64, String) = (row.get(0)?, row.get(1)?);
            let mut promised_kind = 0;
            let (s, t): (u8, u8) = (row.get(2)?, row.get(3)?);
            let mut promises = [None; 4];
            let mut places = self
                .db
                .prepare_cached("select promised_kind, promise from service_places where item = ?1 and slot = ?2")?;
            for (promise, slot) in promises.iter_mut().zip(service_slots(s)) {
                (promised_kind, *promise) =
                    places.query_row(params![id, slot], |row| Ok((row.get(0)?, row.get(1)?)))?;
            }
            let mut shared =
                self.db.prepare_cached("select department from co_departments where item = ?1 order by department")?;
            let co_departments = shared.query_map([id], |row| row.get(0))?.collect::<Sql<Vec<u8>>>()?;
            let flags = [row.get(4)?, row.get(5)?, row.get(6)?];
            let item = self.item(id, self.code(&code))?;
            items.push(Item { s, t, flags, promises, promised_kind, co_departments, ..item });
        }
        Ok(items)
    }

    fn code(&self, text: &str) -> Code {
        Code::new(text)
    }
}

fn right<T>(result: Sql<T>) -> T {
    result.unwrap_or_else(|error| panic!("SQLite: {error}"))
}

impl Engine for Sqlite {
    const NAME: &'static str = "sqlite";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        right(Self::made(items, consumer))
    }

    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        right(self.run(std::slice::from_ref(op), consumer));
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        right(self.run(ops, consumer));
    }

    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let id = right(self.find(&key.code))?;
        read(&right(self.item(id, key.code)), &right(self.rows(id)), key)
    }

    fn scan(&self) -> Sum {
        sum_up(right(self.all()).iter(), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        sum_up_all(right(self.all()).iter(), &self.totals.borrow())
    }
}
