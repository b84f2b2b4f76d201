use super::*;

#[test]
fn the_table_stands_in_the_order_of_the_enum() {
    for (index, (kind, name, _)) in Kind::TABLE.iter().enumerate() {
        assert_eq!(*kind as usize, index);
        assert_eq!(Kind::parse(name), Some(*kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), *name);
    }
}
