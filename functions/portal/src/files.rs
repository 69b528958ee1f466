//! The files of the web application, as they were built.

use http_api::Call;

/// A file with its compressed forms.
pub(crate) struct File {
    /// The address that it is served at.
    pub(crate) path: &'static str,
    /// What it is.
    pub(crate) media_type: &'static str,
    /// Follows from its content.
    pub(crate) tag: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

/// The page that every address of the application begins with.
pub(crate) const PAGE: &str = "/index.html";

/// Written by the build script.
pub(crate) const FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// What is sent of a file.
pub(crate) struct Form {
    /// Its `Content-Encoding`, where it has one.
    pub(crate) encoding: Option<&'static str>,
    /// The bytes.
    pub(crate) bytes: &'static [u8],
}

impl File {
    /// The file of an address.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.path == path)
    }

    /// The page of the application.
    ///
    /// # Panics
    ///
    /// Never: the build fails without it.
    pub(crate) fn page() -> &'static Self {
        Self::at(PAGE).expect("every build has a page")
    }

    /// Whether its name changes with its content, so that it can be kept for ever.
    pub(crate) fn is_immutable(&self) -> bool {
        self.path.starts_with("/assets/")
    }

    /// Whether answers differ by what the client decodes.
    pub(crate) fn varies(&self) -> bool {
        self.gzip.is_some() || self.brotli.is_some()
    }

    /// The smallest form that the client takes.
    pub(crate) fn form(&self, call: &Call) -> Form {
        let accepted = call.header("accept-encoding").unwrap_or_default();
        let forms = [("br", self.brotli), ("gzip", self.gzip)];
        let found = forms.into_iter().find_map(|(name, bytes)| Some((name, bytes.filter(|_| takes(accepted, name))?)));
        match found {
            Some((name, bytes)) => Form { encoding: Some(name), bytes },
            None => Form { encoding: None, bytes: self.bytes },
        }
    }
}

/// Whether `Accept-Encoding` lets an encoding in (RFC 9110, 12.5.3): a weight of zero shuts it out, a star stands for
/// what is not named.
fn takes(accepted: &str, encoding: &str) -> bool {
    let mut star = false;
    for part in accepted.split(',') {
        let mut words = part.split(';').map(str::trim);
        let name = words.next().unwrap_or_default();
        let weight = words.find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")));
        let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        if name.eq_ignore_ascii_case(encoding) {
            return wanted;
        }
        star |= name == "*" && wanted;
    }
    star
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_used_only_where_the_client_takes_it() {
        for accepted in ["br", "gzip, br", "GZIP;q=0.5, BR;q=0.1", "*", "gzip;q=0, *;q=0.1"] {
            assert!(takes(accepted, "br"), "{accepted}");
        }
        for accepted in ["", "gzip", "br;q=0", "br;q=0.0, *", "*;q=0", "brotli", "br;q=x"] {
            assert!(!takes(accepted, "br"), "{accepted}");
        }
    }

    #[test]
    fn every_file_of_the_build_can_be_served_and_hashed_ones_lie_among_the_assets() {
        assert!(FILES.iter().any(|file| file.path == PAGE));
        for file in FILES {
            assert!(!file.media_type.is_empty() && file.tag.len() == 32, "{}", file.path);
            let name = file.path.rsplit('/').next().unwrap_or_default();
            assert_eq!(file.is_immutable(), name.contains('-'), "{} has a hash or is no asset", file.path);
        }
    }

    /// Browsers refuse them under our policy.
    #[test]
    fn the_page_has_neither_inline_script_nor_inline_style() {
        let page = str::from_utf8(File::page().bytes).expect("pages are UTF-8");
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("javascript:"), "{page}");
        for script in page.split("<script").skip(1) {
            let (tag, text) = script.split_once('>').expect("a tag ends");
            assert!(tag.contains(" src=\"/assets/") && text.starts_with("</script>"), "{script}");
        }
    }

    /// Somebody with a telephone in a machine room waits for it.
    #[test]
    fn all_scripts_and_styles_together_stay_small() {
        let kinds = ["text/html", "text/javascript", "text/css"];
        let first = FILES.iter().filter(|file| kinds.iter().any(|kind| file.media_type.starts_with(kind)));
        let sent: usize = first.map(|file| file.brotli.unwrap_or(file.bytes).len()).sum();
        assert!(sent < 80_000, "{sent} bytes");
    }
}
