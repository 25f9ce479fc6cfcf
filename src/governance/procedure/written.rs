use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Procedure, ProcedureBuilder, ProcedureError, Step};
use crate::{schema::Labels, value::Name};

const FORMAT: &str = "quanze-procedure";
const VERSION: u32 = 1;

/// A procedure as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    format: String,
    version: u32,
    id: Name,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    words: IndexMap<Name, Labels>,
    steps: IndexMap<Name, Step>,
    publication: Step,
}

impl From<Procedure> for Written {
    fn from(Procedure { id, labels, words, steps, publication }: Procedure) -> Self {
        Self { format: FORMAT.into(), version: VERSION, id, labels, words, steps, publication }
    }
}

impl TryFrom<Written> for Procedure {
    type Error = ProcedureError;

    fn try_from(written: Written) -> Result<Self, ProcedureError> {
        let Written { format, version, id, labels, words, steps, publication } = written;
        if (format.as_str(), version) != (FORMAT, VERSION) {
            let faults = vec![format!("it says '{format}' {version}; a procedure says '{FORMAT}' {VERSION}")];
            return Err(ProcedureError { id, faults });
        }
        ProcedureBuilder { id, labels, words, steps: steps.into_iter().collect(), publication }.build()
    }
}
