//! A JSON body whose fields are read one by one, each with the documented complaint when it is wrong.

use serde_json::{Value, json};

use super::V3Refused;

/// A body that is a JSON object.
pub(crate) struct Body(Value);

impl Body {
    /// Reads it; fields that the call does not have are refused, as the real gateway does.
    pub(crate) fn read(bytes: &[u8], allowed: &[&str]) -> Result<Self, V3Refused> {
        let value: Value = serde_json::from_slice(bytes).map_err(|_error| {
            V3Refused::new(400, "PARAM_ERROR", "请求中的JSON格式错误，无法解析")
        })?;
        let Some(object) = value.as_object() else {
            return Err(V3Refused::new(
                400,
                "PARAM_ERROR",
                "请求中的JSON格式错误，无法解析",
            ));
        };
        if let Some((name, extra)) = object
            .iter()
            .find(|(name, _)| !allowed.contains(&name.as_str()))
        {
            return Err(wrong(&format!("/{name}"), extra, "多余的参数"));
        }
        Ok(Self(value))
    }

    /// A field by its pointer, such as `/amount/total`; null and an empty text count as absent.
    fn at(&self, pointer: &str) -> Option<&Value> {
        self.0
            .pointer(pointer)
            .filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    /// A text of at most so many characters; absent is empty.
    pub(crate) fn text(&self, pointer: &str, max: usize) -> Result<&str, V3Refused> {
        let Some(value) = self.at(pointer) else {
            return Ok("");
        };
        let Some(text) = value.as_str() else {
            return Err(wrong(pointer, value, "需要字符串"));
        };
        if text.chars().count() > max {
            return Err(wrong(pointer, value, &format!("长度不能超过{max}个字符")));
        }
        if text.chars().any(|sign| u32::from(sign) > 0xFFFF) {
            return Err(wrong(pointer, value, "含有不支持的字符"));
        }
        Ok(text)
    }

    /// A text that must be there.
    pub(crate) fn need(&self, pointer: &str, max: usize) -> Result<&str, V3Refused> {
        match self.text(pointer, max)? {
            "" => Err(missing(pointer)),
            text => Ok(text),
        }
    }

    /// A number of fen that must be there.
    pub(crate) fn fen(&self, pointer: &str) -> Result<i64, V3Refused> {
        let value = self.at(pointer).ok_or_else(|| missing(pointer))?;
        value
            .as_i64()
            .filter(|fen| (1..=i64::from(i32::MAX)).contains(fen))
            .ok_or_else(|| wrong(pointer, value, "需要是合法的64位有符号整型数，且不小于1"))
    }

    /// How many objects a list has, of one to so many; each has the named fields and no others.
    pub(crate) fn list(
        &self,
        pointer: &str,
        most: usize,
        allowed: &[&str],
    ) -> Result<usize, V3Refused> {
        let value = self.at(pointer).ok_or_else(|| missing(pointer))?;
        let entries = value
            .as_array()
            .filter(|entries| (1..=most).contains(&entries.len()))
            .ok_or_else(|| wrong(pointer, &Value::Null, &format!("需要1到{most}个元素的数组")))?;
        for (at, entry) in entries.iter().enumerate() {
            let place = format!("{pointer}/{at}");
            let fields = entry
                .as_object()
                .ok_or_else(|| wrong(&place, entry, "需要对象"))?;
            if let Some((name, extra)) = fields
                .iter()
                .find(|(name, _)| !allowed.contains(&name.as_str()))
            {
                return Err(wrong(&format!("{place}/{name}"), extra, "多余的参数"));
            }
        }
        Ok(entries.len())
    }

    /// The object as it came, for the rule about repeats.
    pub(crate) fn canonical(&self) -> String {
        self.0.to_string()
    }
}

fn missing(pointer: &str) -> V3Refused {
    V3Refused::new(
        400,
        "PARAM_ERROR",
        format!("输入源“{pointer}”映射到值字段校验失败：缺少必填参数"),
    )
    .with(json!({ "location": "body", "field": pointer, "value": null, "issue": "缺少必填参数" }))
}

/// A field with a wrong value.
pub(crate) fn wrong(pointer: &str, value: &Value, issue: &str) -> V3Refused {
    V3Refused::new(
        400,
        "PARAM_ERROR",
        format!("输入源“/body{pointer}”映射到值字段校验失败：{issue}"),
    )
    .with(json!({ "location": "body", "field": pointer, "value": value, "issue": issue }))
}
