//! The parameters of a message: an ordered list of names and values, exactly as written or received.
//!
//! Nothing is sorted, merged or dropped here; signing works on this list, typed models read from it.
//! A name that occurs twice is kept twice and reported by [`Params::duplicates`].

/// One name and its value, as they stand in the message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    /// Name, case-sensitive.
    pub name: String,
    /// Value without any encoding.
    pub value: String,
}

/// An ordered list of parameters.
///
/// ```
/// use wechatpay_codec::Params;
/// let mut params = Params::new();
/// params.push("appid", "wxd930ea5d5a258f4f");
/// params.push_some("attach", None::<&str>);
/// assert_eq!(params.get("appid"), Some("wxd930ea5d5a258f4f"));
/// assert_eq!(params.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Params(Vec<Param>);

impl Params {
    /// No parameters yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a parameter at the end, whether or not the name is there already.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push(Param {
            name: name.into(),
            value: value.into(),
        });
    }

    /// Adds a parameter if there is a value; an empty one counts as none.
    pub fn push_some(&mut self, name: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value.map(Into::into)
            && !value.is_empty()
        {
            self.push(name, value);
        }
    }

    /// The first value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|param| param.name == name)
            .map(|param| param.value.as_str())
    }

    /// The first value of that name, unless it is empty.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Puts a value in the place of all values of that name, or at the end.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let mut value = Some(value.into());
        self.0.retain_mut(|param| {
            if param.name != name {
                return true;
            }
            value.take().is_some_and(|value| {
                param.value = value;
                true
            })
        });
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    /// Takes all values of that name out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| param.name != name);
    }

    /// The parameters in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Param> {
        self.0.iter()
    }

    /// The parameters as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[Param] {
        &self.0
    }

    /// How many there are, repeated ones counted.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// True without any parameter.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names that occur more than once, each told once, in ASCII order.
    #[must_use]
    pub fn duplicates(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|param| param.name.as_str()).collect();
        names.sort_unstable();
        let mut out: Vec<&str> = Vec::new();
        for pair in names.windows(2) {
            if let [one, two] = pair
                && one == two
                && out.last() != Some(one)
            {
                out.push(one);
            }
        }
        out
    }
}

impl<'a> IntoIterator for &'a Params {
    type Item = &'a Param;
    type IntoIter = std::slice::Iter<'a, Param>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut out = Self::new();
        for (name, value) in pairs {
            out.push(name, value);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_kept_and_reported() {
        let params: Params = [("b", "1"), ("a", "2"), ("b", "3"), ("b", "4")]
            .into_iter()
            .collect();

        assert_eq!(params.len(), 4);
        assert_eq!(params.get("b"), Some("1"));
        assert_eq!(params.duplicates(), ["b"]);
    }

    #[test]
    fn setting_replaces_every_value_of_the_name_in_place() {
        let mut params: Params = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect();

        params.set("b", "9");
        params.set("c", "7");

        let list: Vec<_> = params.iter().map(|p| (&*p.name, &*p.value)).collect();
        assert_eq!(list, [("b", "9"), ("a", "2"), ("c", "7")]);
    }
}
