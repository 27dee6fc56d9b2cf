//! The values of a bound statement: wire bytes, as C++ made them.
use std::ops::Range;

use scylla::serialize::SerializationError;
use scylla::serialize::row::{RowSerializationContext, SerializeRow};
use scylla::serialize::writers::RowWriter;

/// All values of one statement in one piece of memory.
#[derive(Debug, Default)]
pub struct Values {
    bytes: Vec<u8>,
    cells: Vec<Option<Range<usize>>>, // none: null
}

impl Values {
    pub fn copy<'a>(cells: impl Iterator<Item = Option<&'a [u8]>> + Clone) -> Values {
        let size = cells.clone().map(|cell| cell.map_or(0, <[u8]>::len)).sum();
        let mut values = Values { bytes: Vec::with_capacity(size), cells: Vec::with_capacity(cells.size_hint().0) };
        for cell in cells {
            let range = cell.map(|bytes| {
                let start = values.bytes.len();
                values.bytes.extend_from_slice(bytes);
                start..values.bytes.len()
            });
            values.cells.push(range);
        }
        values
    }
}

impl SerializeRow for Values {
    fn serialize(
        &self,
        context: &RowSerializationContext<'_>,
        writer: &mut RowWriter,
    ) -> Result<(), SerializationError> {
        // The server would refuse it too, but in words that name no number.
        if context.columns().len() != self.cells.len() {
            return Err(SerializationError::new(WrongCount {
                wanted: context.columns().len(),
                given: self.cells.len(),
            }));
        }
        for cell in &self.cells {
            match cell {
                None => writer.make_cell_writer().set_null(),
                Some(range) => {
                    let bytes = &self.bytes[range.clone()];
                    writer.make_cell_writer().set_value(bytes).map_err(SerializationError::new)?
                }
            };
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

#[derive(Debug)]
struct WrongCount {
    wanted: usize,
    given: usize,
}

impl std::fmt::Display for WrongCount {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "the statement has {} values, {} were given", self.wanted, self.given)
    }
}

impl std::error::Error for WrongCount {}

#[cfg(test)]
mod tests {
    use super::*;

    fn serialized(values: &Values) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = RowWriter::new(&mut out);
        for cell in &values.cells {
            match cell {
                None => writer.make_cell_writer().set_null(),
                Some(range) => writer.make_cell_writer().set_value(&values.bytes[range.clone()]).unwrap(),
            };
        }
        out
    }

    #[test]
    fn null_and_empty_are_different() {
        let cells: [Option<&[u8]>; 3] = [Some(b"ab"), None, Some(b"")];
        let values = Values::copy(cells.into_iter());
        assert_eq!(serialized(&values), [0, 0, 0, 2, b'a', b'b', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    }

    #[test]
    fn another_number_of_values_than_the_statement_has_is_refused() {
        let values = Values::copy([Some(&b"a"[..])].into_iter());
        let mut out = Vec::new();
        let error = values.serialize(&RowSerializationContext::empty(), &mut RowWriter::new(&mut out)).unwrap_err();
        assert!(error.to_string().contains("has 0 values, 1 were given"), "{error}");
    }

    #[test]
    fn no_values_are_empty() {
        let values = Values::copy(std::iter::empty());
        assert!(values.is_empty());
        assert!(values.serialize(&RowSerializationContext::empty(), &mut RowWriter::new(&mut Vec::new())).is_ok());
    }
}
