//! Writes every message in every language as `.html` and `.txt` to a folder, to be looked at:
//! `cargo run -p mail --example gallery -- FOLDER`.

#[path = "../src/tests/sample.rs"]
mod sample;

use std::path::Path;

use brand::Brand;
use licensing::text::Language;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".into());
    std::fs::create_dir_all(&folder)?;
    for (name, message) in sample::all() {
        for language in [Language::En, Language::It] {
            let mail = mail::render(&message, &Brand::default(), language);
            let path = Path::new(&folder).join(format!("mail-{name}-{}", language.tag()));
            std::fs::write(path.with_extension("html"), mail.html)?;
            std::fs::write(path.with_extension("txt"), format!("{}\n\n{}", mail.subject, mail.text))?;
        }
    }
    Ok(())
}
