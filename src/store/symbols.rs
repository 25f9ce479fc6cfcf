use std::{collections::HashMap, sync::Arc};

use foldhash::fast::FixedState;

use super::{cell::Val, pages::PageTable};
use crate::{heap, value::Decimal};

/// Numbers for the values that rows are named by where those are neither rows nor choices.
///
/// It only grows: a number once given stays, so that readers of the past find it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Symbols {
    values: PageTable<Arc<Vec<Symbol>>>,
    len: u32,
    numbers: HashMap<Symbol, u32, FixedState>,
}

/// A value that can name a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Symbol {
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Date(i32),
    Duration(u32, i64),
    Code(Box<str>),
    Text(Box<str>),
}

const PAGE: usize = 256;

fn symbol(val: &Val<'_>) -> Option<Symbol> {
    Some(match val {
        Val::Boolean(v) => Symbol::Boolean(*v),
        Val::Integer(v) => Symbol::Integer(*v),
        Val::Decimal(v) => Symbol::Decimal(*v),
        Val::Date(v) => Symbol::Date(*v),
        Val::Duration { unit, amount } => Symbol::Duration(*unit, *amount),
        Val::Code(v) => Symbol::Code(v.as_ref().into()),
        Val::Text(v) => Symbol::Text(v.as_ref().into()),
        _ => return None,
    })
}

impl Symbols {
    /// Returns the number of a value, giving it one where it has none; `None` for a value that names no row this way.
    pub(crate) fn number(&mut self, val: &Val<'_>) -> Option<u32> {
        let symbol = symbol(val)?;
        if let Some(number) = self.numbers.get(&symbol) {
            return Some(*number);
        }
        let number = self.len;
        if (number as usize).is_multiple_of(PAGE) {
            self.values.push(Arc::default());
        }
        Arc::make_mut(self.values.get_mut(number as usize / PAGE)).push(symbol.clone());
        self.numbers.insert(symbol, number);
        self.len += 1;
        Some(number)
    }

    pub(crate) fn get(&self, number: u32) -> Val<'_> {
        match &self.values.get(number as usize / PAGE)[number as usize % PAGE] {
            Symbol::Boolean(v) => Val::Boolean(*v),
            Symbol::Integer(v) => Val::Integer(*v),
            Symbol::Decimal(v) => Val::Decimal(*v),
            Symbol::Date(v) => Val::Date(*v),
            Symbol::Duration(unit, amount) => Val::Duration { unit: *unit, amount: *amount },
            Symbol::Code(v) => Val::Code(v.as_ref().into()),
            Symbol::Text(v) => Val::Text(v.as_ref().into()),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let text = |symbol: &Symbol| match symbol {
            Symbol::Code(text) | Symbol::Text(text) => text.len(),
            _ => 0,
        };
        let page = |page: &Arc<Vec<Symbol>>| {
            heap::SHARED + size_of::<Vec<Symbol>>() + heap::of_vec(page) + page.iter().map(text).sum::<usize>()
        };
        self.values.bytes()
            + self.values.iter().map(page).sum::<usize>()
            + heap::of_map(&self.numbers)
            + self.numbers.keys().map(text).sum::<usize>()
    }

    /// Copies the pages' table for a reader, without what only a writer needs.
    pub(crate) fn share(&self) -> Self {
        Self { values: self.values.clone(), len: self.len, numbers: HashMap::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_counts_where_it_is_kept() {
        let mut symbols = Symbols::default();
        symbols.number(&Val::Integer(7));
        let of_numbers = symbols.bytes();
        symbols.number(&Val::Integer(8));
        // There is room for it.
        assert_eq!(symbols.bytes(), of_numbers);
        symbols.number(&Val::Text("公开".into()));
        // By its number, and to find it.
        assert_eq!(symbols.bytes(), of_numbers + 2 * "公开".len());
        let page = heap::SHARED + size_of::<Vec<Symbol>>() + 4 * size_of::<Symbol>();
        let table = heap::of_map(&symbols.numbers);
        assert_eq!(symbols.bytes(), symbols.values.bytes() + page + table + 2 * "公开".len());
    }
}
