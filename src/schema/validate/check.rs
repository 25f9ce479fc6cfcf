use super::Validation;
use crate::schema::{
    Check, SchemaFaultKind as Kind, Type,
    message::{MessagePart, message_parts},
};

impl<'a> Validation<'a> {
    pub(super) fn check(&mut self, check: &'a Check) {
        if self.typing.list(&check.list).is_none() {
            self.unknown_list(&check.list);
            return;
        }
        self.expr(&check.when, &self.typing.scope_check(&check.list), Some(&Type::Boolean));
        for (language, message) in check.message.iter() {
            let problems = match message_parts(message) {
                Err(problem) => vec![problem],
                Ok(parts) => parts
                    .iter()
                    .filter_map(|part| match part {
                        MessagePart::Text(_) => None,
                        MessagePart::Value(path) => match self.typing.path_type(&check.list, path) {
                            Ok(_) | Err(None) => None,
                            Err(Some(fault)) => Some(format!("reads '{{{path}}}': {fault}")),
                        },
                    })
                    .collect(),
            };
            for problem in problems {
                self.fault(Kind::Message { language: language.to_owned(), problem });
            }
        }
    }
}
