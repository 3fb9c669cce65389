//! Attributes with an index in their key (`gen_ai.prompt.0.content`), put together again.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::attribute::Attributes;

/// Parts of a key that become levels: no dialect has as many. Further ones stay one name.
const LEVELS_MAX: usize = 12;

#[derive(Default)]
struct Node {
    leaf: Option<Json>,
    members: BTreeMap<String, Node>,
}

/// What stands under `prefix` followed by a number, in the order of the numbers.
pub fn list(attributes: &Attributes, prefix: &str) -> Vec<Json> {
    let mut root = Node::default();
    for (key, value) in &attributes.0 {
        let Some(rest) = key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let mut node = &mut root;
        for level in rest.splitn(LEVELS_MAX, '.') {
            node = node.members.entry(level.to_owned()).or_default();
        }
        node.leaf = Some(value.to_json());
    }
    match root.put_together() {
        Json::Array(items) => items,
        _ => Vec::new(),
    }
}

impl Node {
    /// Members that are all numbers make a list. Recursion ends with the levels of a key.
    fn put_together(self) -> Json {
        if self.members.is_empty() {
            return self.leaf.unwrap_or(Json::Null);
        }
        let numbers: Option<BTreeMap<u32, String>> =
            self.members.keys().map(|key| Some((key.parse().ok()?, key.clone()))).collect();
        let mut members = self.members;
        match numbers {
            Some(numbers) => numbers.values().filter_map(|key| members.remove(key)).map(Self::put_together).collect(),
            None => {
                Json::Object(members.into_iter().map(|(key, node)| (key, node.put_together())).collect::<Map<_, _>>())
            }
        }
    }
}
