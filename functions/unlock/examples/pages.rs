//! Writes every page in every language to a folder, to be looked at:
//! `cargo run -p unlock --example pages -- FOLDER`.

#[path = "../src/page/tests/sample.rs"]
mod sample;

use std::path::Path;

use brand::Brand;
use licensing::text::Language;
use unlock::page;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".into());
    std::fs::create_dir_all(&folder)?;
    for language in [Language::En, Language::It] {
        for (name, page) in sample::all(&Brand::default(), language) {
            std::fs::write(Path::new(&folder).join(format!("page-{name}-{}.html", language.tag())), page.html)?;
        }
    }
    Ok(())
}
