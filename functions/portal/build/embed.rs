//! Every file of a build with its compressed forms, and the Rust list of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::hash;

/// Media types by ending, and whether the content gets smaller by compressing.
const TYPES: &[(&str, &str, bool)] = &[
    ("html", "text/html; charset=utf-8", true),
    ("js", "text/javascript; charset=utf-8", true),
    ("css", "text/css; charset=utf-8", true),
    ("json", "application/json", true),
    ("webmanifest", "application/manifest+json", true),
    ("svg", "image/svg+xml", true),
    ("txt", "text/plain; charset=utf-8", true),
    ("ico", "image/x-icon", true),
    ("png", "image/png", false),
    ("webp", "image/webp", false),
    ("woff2", "font/woff2", false),
];

/// Writes `files.rs` and the folder that it includes.
pub(crate) fn write(dist: &Path, out: &Path) -> Result<(), String> {
    let folder = out.join("files");
    fs::create_dir_all(&folder).map_err(|fault| fault_at(&folder, &fault))?;
    let mut paths = Vec::new();
    collect(dist, &mut paths)?;
    paths.sort();
    let (mut list, mut names) = (String::from("[\n"), BTreeSet::new());
    for path in &paths {
        let address = path.strip_prefix(dist).unwrap_or(path).to_string_lossy().replace('\\', "/");
        file(path, &address, &folder, &mut list, &mut names)?;
    }
    list.push_str("]\n");
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        if !names.contains(&entry.file_name().to_string_lossy().into_owned()) {
            drop(fs::remove_file(entry.path()));
        }
    }
    let written = out.join("files.rs");
    fs::write(&written, list).map_err(|fault| fault_at(&written, &fault))
}

fn file(
    path: &Path,
    address: &str,
    folder: &Path,
    list: &mut String,
    names: &mut BTreeSet<String>,
) -> Result<(), String> {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let known = TYPES.iter().find(|(known, ..)| *known == ending);
    let (_, media_type, compress) = known.ok_or_else(|| format!("{address}: embed.rs names no media type for it."))?;
    let bytes = fs::read(path).map_err(|fault| fault_at(path, &fault))?;
    let tag = hash::of(&[&bytes]);
    let mut form = |ending: &str, make: &dyn Fn(&[u8]) -> io::Result<Vec<u8>>| -> Result<Option<String>, String> {
        let name = format!("{tag}{ending}");
        let place = folder.join(&name);
        // Named by what it is made of: what was compressed before needs not be again.
        if !place.is_file() {
            let made = make(&bytes).and_then(|made| fs::write(&place, made));
            made.map_err(|fault| fault_at(&place, &fault))?;
        }
        let size = fs::metadata(&place).map_err(|fault| fault_at(&place, &fault))?.len();
        names.insert(name.clone());
        Ok((ending.is_empty() || size < bytes.len() as u64).then(|| format!("include_bytes!(\"files/{name}\")")))
    };
    let plain = form("", &|bytes| Ok(bytes.to_vec()))?.unwrap_or_default();
    let (gzip, brotli) = if *compress { (form(".gz", &gzip)?, form(".br", &brotli)?) } else { (None, None) };
    let option = |form: Option<String>| form.map_or_else(|| "None".to_owned(), |form| format!("Some({form})"));
    let (gzip, brotli) = (option(gzip), option(brotli));
    let line = format!(
        "    File {{ path: {:?}, media_type: {media_type:?}, tag: {tag:?}, bytes: {plain}, gzip: {gzip}, brotli: {brotli} }},",
        format!("/{address}")
    );
    writeln!(list, "{line}").map_err(|fault| fault.to_string())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut made = Vec::new();
    let slowest = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut made, &slowest)?;
    Ok(made)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let listed = fs::read_dir(folder).map_err(|fault| fault_at(folder, &fault))?;
    for path in listed.flatten().map(|entry| entry.path()) {
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn fault_at(path: &Path, fault: &io::Error) -> String {
    format!("{}: {fault}.", path.display())
}
