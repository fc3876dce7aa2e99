//! A JSON body with another value or order in one place: a number as text, a null added, the keys of an object turned round.

use super::v3_forms::LineForm;
use crate::lab::json_tree::Node;

/// Fields that typed objects write as null where nobody set them.
const OPTIONAL: [&str; 8] = [
    "attach",
    "goods_tag",
    "time_expire",
    "detail",
    "scene_info",
    "settle_info",
    "support_fapiao",
    "reason",
];

/// Objects with more keys are not turned round.
const MOST_KEYS: usize = 4;
/// No more places than this are looked at.
const MOST_PLACES: usize = 64;

/// Other bodies that differ in one place; nothing for a body that is not printed compact.
pub(super) fn one_place(text: &str) -> Vec<LineForm> {
    let Some(node) = Node::read(text) else {
        return Vec::new();
    };
    if printed(&node) != text {
        return Vec::new();
    }
    let mut out: Vec<LineForm> = Vec::new();
    let mut walk = JsonWalk {
        at: 0,
        out: &mut out,
    };
    walk.visit(&node, &|changed| printed(&changed));
    if let Node::Object(fields) = &node {
        for name in OPTIONAL {
            let quoted = format!("\"{name}\"");
            if !fields.iter().any(|(known, _)| *known == quoted) {
                let mut more = fields.clone();
                more.push((quoted, Node::Leaf("null".to_owned())));
                out.push(("body-null-added", printed(&Node::Object(more)).into_bytes()));
            }
        }
    }
    out
}

fn printed(node: &Node) -> String {
    let mut out = String::new();
    node.write(&mut out);
    out
}

struct JsonWalk<'o> {
    at: usize,
    out: &'o mut Vec<LineForm>,
}

impl JsonWalk<'_> {
    /// Goes through a tree; `whole` prints the whole body with a changed part in the place of this one.
    fn visit(&mut self, node: &Node, whole: &dyn Fn(Node) -> String) {
        self.at += 1;
        if self.at > MOST_PLACES {
            return;
        }
        match node {
            Node::Leaf(text) => self.leaf(text, whole),
            Node::Array(values) => {
                for (at, value) in values.iter().enumerate() {
                    self.visit(value, &|changed| {
                        let mut copy = values.clone();
                        if let Some(slot) = copy.get_mut(at) {
                            *slot = changed;
                        }
                        whole(Node::Array(copy))
                    });
                }
            }
            Node::Object(fields) => {
                if (2..=MOST_KEYS).contains(&fields.len()) {
                    for order in orders(fields.len()) {
                        let turned = order.iter().filter_map(|at| fields.get(*at).cloned());
                        let text = whole(Node::Object(turned.collect()));
                        self.out.push(("body-keys-turned", text.into_bytes()));
                    }
                }
                for (at, (_, value)) in fields.iter().enumerate() {
                    self.visit(value, &|changed| {
                        let mut copy = fields.clone();
                        if let Some((_, slot)) = copy.get_mut(at) {
                            *slot = changed;
                        }
                        whole(Node::Object(copy))
                    });
                }
            }
        }
    }

    fn leaf(&mut self, text: &str, whole: &dyn Fn(Node) -> String) {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let mut put = |code, text: String| {
            self.out.push((code, whole(Node::Leaf(text)).into_bytes()));
        };
        if is_number(text) {
            put("body-number-as-text", format!("\"{text}\""));
            put("body-number-decimals", format!("{text}.0"));
            put("body-number-decimals", format!("{text}.00"));
        } else if let Some(inner) = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            && is_number(inner)
            && inner.len() < 16
        {
            put("body-text-as-number", inner.to_owned());
        }
    }
}

/// Every order of so many places but the first.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new()];
    for _ in 0..count {
        out = out
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                let free = (0..count)
                    .filter(|at| !order.contains(at))
                    .collect::<Vec<_>>();
                free.into_iter().map(move |at| {
                    let mut longer = order.clone();
                    longer.push(at);
                    longer
                })
            })
            .collect();
    }
    out.split_off(1.min(out.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_is_changed_and_the_rest_stays() {
        let forms = one_place(r#"{"a":"x","amount":{"total":100,"currency":"CNY"}}"#);
        let has = |code: &str, text: &str| {
            forms
                .iter()
                .any(|(known, body)| *known == code && body == text.as_bytes())
        };
        assert!(has(
            "body-number-as-text",
            r#"{"a":"x","amount":{"total":"100","currency":"CNY"}}"#
        ));
        assert!(has(
            "body-number-decimals",
            r#"{"a":"x","amount":{"total":100.0,"currency":"CNY"}}"#
        ));
        assert!(has(
            "body-keys-turned",
            r#"{"a":"x","amount":{"currency":"CNY","total":100}}"#
        ));
        assert!(has(
            "body-null-added",
            r#"{"a":"x","amount":{"total":100,"currency":"CNY"},"attach":null}"#
        ));
        assert!(one_place("{\"a\": 1}").is_empty(), "printed with blanks");
        assert!(one_place("no json").is_empty());
    }
}
