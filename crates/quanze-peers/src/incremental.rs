//! `incremental`: a variable an item, a node that derives its rows, and an observer that notes what has come of it.

use std::{cell::RefCell, rc::Rc};

use incremental::{IncrState, Observer, Update, Var};

use crate::{
    item_rows::{Index, ItemRow, Totals, derive, find, index, read, sum_up, sum_up_all, tell, total},
    workload::{
        Engine,
        checksum::{Consumer, List, Sum},
        generator::{HandlingKey, Item, Op},
    },
};

/// An item without its remark, which nothing reads, and its rows.
#[derive(Debug, PartialEq)]
struct Shown {
    item: Rc<Item>,
    rows: Vec<ItemRow>,
}

type News = Rc<RefCell<Vec<(usize, Rc<Shown>)>>>;

/// The engine.
pub(crate) struct Nodes {
    state: IncrState,
    variables: Vec<Var<Rc<Item>>>,
    remarks: Vec<u32>,
    observers: Vec<Observer<Rc<Shown>>>,
    shown: Vec<Rc<Shown>>,
    news: News,
    index: Index,
    totals: Totals,
    name: String,
}

impl Nodes {
    fn set(&mut self, op: &Op) -> Option<usize> {
        let number = find(&self.index, &op.code)?;
        if let crate::workload::generator::Change::Remark(remark) = op.change {
            self.remarks[number] = remark;
        } else {
            let mut item = (*self.variables[number].get()).clone();
            item.apply(&op.change);
            self.variables[number].set(Rc::new(item));
        }
        Some(number)
    }

    fn run<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        let before = self.totals.clone();
        for op in ops {
            self.set(op);
        }
        self.state.stabilise();
        for (number, new) in self.news.take() {
            let old = std::mem::replace(&mut self.shown[number], new);
            let new = &self.shown[number];
            tell((&old.item, &old.rows), (&new.item, &new.rows), (number as u64) << 8, &mut self.name, consumer);
            self.totals.replace(new.item.department, total(&old.rows), total(&new.rows));
        }
        self.totals.tell(&before, consumer);
        consumer.committed();
    }
}

impl Engine for Nodes {
    const NAME: &'static str = "incremental";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let state = IncrState::new();
        let news = News::default();
        let variables: Vec<Var<Rc<Item>>> = items.iter().map(|item| state.var(Rc::new(item.clone()))).collect();
        let observers: Vec<Observer<Rc<Shown>>> = variables
            .iter()
            .enumerate()
            .map(|(number, variable)| {
                let shown = variable.map(|item| {
                    let mut rows = Vec::new();
                    derive(item, &mut rows);
                    Rc::new(Shown { item: Rc::clone(item), rows })
                });
                let observer = shown.observe();
                let news = Rc::clone(&news);
                observer.subscribe(move |update| {
                    if let Update::Initialised(shown) | Update::Changed(shown) = update {
                        news.borrow_mut().push((number, Rc::clone(shown)));
                    }
                });
                observer
            })
            .collect();
        let blank = |item: &Item| Rc::new(Shown { item: Rc::new(item.clone()), rows: Vec::new() });
        let mut engine = Self {
            state,
            variables,
            remarks: items.iter().map(|item| item.remark).collect(),
            observers,
            shown: items.iter().map(blank).collect(),
            news,
            index: index(items),
            totals: Totals::default(),
            name: String::new(),
        };
        engine.run(&[], consumer);
        engine
    }

    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        self.run(std::slice::from_ref(op), consumer);
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        self.run(ops, consumer);
    }

    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let shown = self.observers[find(&self.index, &key.code)?].value();
        read(&shown.item, &shown.rows, key)
    }

    fn scan(&self) -> Sum {
        sum_up(self.shown.iter().map(|shown| &*shown.item), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        sum_up_all(self.shown.iter().map(|shown| &*shown.item), &self.totals)
    }
}
