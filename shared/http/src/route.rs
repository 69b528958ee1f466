//! Routes: what a function serves, and who may ask.

/// Who may call a route. Each route has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authorization {
    /// The vendor's ERP, by its signature (Standard Webhooks).
    Erp,
    /// Somebody who signed in, by an ID token that the gateway has checked.
    Portal,
    /// An AppSuite, by its server token.
    ServerToken,
    /// The holder of an unlock link.
    Link,
    /// Anybody.
    None,
}

/// One operation of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// HTTP method, in upper case.
    pub method: &'static str,
    /// Path with parameters in braces, as OpenAPI and API Gateway write it.
    pub path: &'static str,
    /// The operation's id.
    pub operation: &'static str,
    /// Who may call it.
    pub authorization: Authorization,
}

/// What a path's parameters hold, by their names.
pub(crate) type Parameters = Vec<(&'static str, String)>;

impl Route {
    /// What API Gateway calls this route.
    pub fn key(&self) -> String {
        if self.path == "$default" { self.path.to_owned() } else { format!("{} {}", self.method, self.path) }
    }

    /// The names of its path's parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(parameter)
    }

    /// The parameters of a path, decoded (RFC 3986), where method and path are this route's. The gateway's `$default`
    /// route takes everything that comes to it.
    pub fn matches(&self, method: &str, path: &str) -> Option<Parameters> {
        let parts = self.parts(method, path)?.into_iter();
        parts.map(|(name, part)| Some((name, decode(&part)?))).collect()
    }

    /// The parameters of a path as they stand there, where method and path are this route's.
    pub(crate) fn parts(&self, method: &str, path: &str) -> Option<Parameters> {
        if self.path == "$default" {
            return Some(Vec::new());
        }
        if self.method != method {
            return None;
        }
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        let mut parameters = Vec::new();
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(parameters),
                (Some(pattern), Some(part)) => match parameter(pattern) {
                    Some(name) if !part.is_empty() => parameters.push((name, part.to_owned())),
                    None if pattern == part => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }
}

fn parameter(pattern: &'static str) -> Option<&'static str> {
    pattern.strip_prefix('{')?.strip_suffix('}')
}

fn decode(part: &str) -> Option<String> {
    percent_encoding::percent_decode_str(part).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_number_of_parts_matches() {
        let route = Route { method: "GET", path: "/a/{id}/b", operation: "x", authorization: Authorization::None };
        assert_eq!(route.matches("GET", "/a/1/b"), Some(vec![("id", "1".to_owned())]));
        assert_eq!(route.matches("GET", "/a/R%2F1%25/b"), Some(vec![("id", "R/1%".to_owned())]));
        for (method, path) in
            [("POST", "/a/1/b"), ("GET", "/a/1"), ("GET", "/a/1/b/c"), ("GET", "/a//b"), ("GET", "/a/1/c")]
        {
            assert_eq!(route.matches(method, path), None, "{method} {path}");
        }
    }
}
