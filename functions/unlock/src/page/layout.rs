//! What all pages share: head and foot, style with its hash, the steps.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brand::{Colour, Logo, Step};
use sha2::{Digest, Sha256};

use super::{Look, Page};

/// The rules that do not depend on the brand.
const STYLE: &str = include_str!("../../templates/style.css");

/// What marks a form that a script submitted; a page works without it.
const SCRIPT: &str = include_str!("../../templates/press.js");

/// The background behind cards, as in the style; cards are lighter, so what reads here reads there.
const PAGE: &str = "#f2f4f6";

/// The background of cards in the dark, as in the style; the page behind is darker.
const DARK_CARD: &str = "#1b212a";

brand::phrases! {
    /// Sentences of every page.
    pub struct FrameWords;
    need_help: en "Need help?", it "Serve aiuto?";
    write_to: en "Write to", it "Scriva a";
    or_call: en "or call", it "o chiami il";
    steps: en "Steps", it "Passi";
    step_done: en "done", it "completato";
}

/// The frame around a page's content.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// Sentences of every page.
    pub words: &'static FrameWords,
    /// The whole style, as hashed.
    pub style: String,
    /// The only script, as hashed.
    pub script: &'static str,
}

impl<'a> Frame<'a> {
    /// The frame of one page.
    pub fn new(look: Look<'a>) -> Self {
        Self { look, words: FrameWords::of(look.language), style: style(look), script: SCRIPT }
    }

    /// Puts the content that `template` writes into a page with its policy.
    pub fn page(&self, template: &impl Template) -> Page {
        let html = template.render().expect("templates are compiled in and write to memory");
        Page { html, csp: self.csp() }
    }

    /// The address of the vendor's picture.
    pub fn logo(&self) -> Option<&str> {
        self.look.brand.logo.as_ref().map(Logo::as_str)
    }

    /// The steps with their state, given the current one.
    pub fn steps(&self, current: Step) -> Vec<StepView> {
        let view = |step: Step| StepView {
            label: step.label(self.look.language),
            mark: if step < current { "✓".to_owned() } else { step.number().to_string() },
            done: step < current,
            current: step == current,
        };
        Step::ALL.into_iter().map(view).collect()
    }

    fn csp(&self) -> String {
        let [style, script] = [&self.style, self.script].map(|text| STANDARD.encode(Sha256::digest(text)));
        let logo = self.look.brand.logo.as_ref().map(Logo::csp_source).filter(|source| *source != "data:");
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:{}{}; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            if logo.is_some() { " " } else { "" },
            logo.unwrap_or_default()
        )
    }
}

fn style(look: Look<'_>) -> String {
    let colours = look.brand.colours;
    let page = Colour::parse(PAGE).unwrap_or(Colour::WHITE);
    let dark = Colour::parse(DARK_CARD).unwrap_or(Colour::INK);
    format!(
        ":root{{--primary:{};--on-primary:{};--accent:{};--on-accent:{};--ink:{};--link:{};--link-dark:{}}}\n{STYLE}",
        colours.primary,
        colours.primary.ink(),
        colours.accent,
        colours.accent.ink(),
        colours.text.readable_on(page),
        colours.accent.readable_on(page),
        colours.accent.readable_on(dark),
    )
}

/// One step of the strip.
#[derive(Debug)]
pub struct StepView {
    /// Its name.
    pub label: &'static str,
    /// What stands in its circle: a tick or its number.
    pub mark: String,
    /// Whether it is done.
    pub done: bool,
    /// Whether it is the current one.
    pub current: bool,
}
