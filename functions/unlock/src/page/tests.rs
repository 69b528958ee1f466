use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brand::{Brand, Colour, Logo, Name, untranslated};
use licensing::Refusal;
use licensing::order::LineStatus;
use licensing::text::Language;
use sha2::{Digest, Sha256};

use crate::page;

use super::{Look, Notice, OrderView, Window, layout, locked, message, notice, order, subscription, unlocked};

mod sample;

const LANGUAGES: [Language; 2] = [Language::En, Language::It];

fn english(brand: &Brand) -> Look<'_> {
    Look { brand, language: Language::En }
}

/// The part between two texts.
fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    html.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(part, _)| part)
}

/// A page without its style and its script, which are the same in all.
fn body(html: &str) -> String {
    let without = |html: &str, from, to| html.replace(between(html, from, to), "…");
    without(&without(html, "<style>", "</style>"), "<script>", "</script>")
}

#[test]
fn pages_look_as_they_did() {
    for language in LANGUAGES {
        for (name, page) in sample::all(&Brand::default(), language) {
            insta::assert_snapshot!(format!("{name}-{}", language.tag()), body(&page.html));
        }
    }
}

#[test]
fn every_sentence_is_written_in_every_language() {
    let all = [
        layout::FrameWords::ALL,
        order::OrderWords::ALL,
        notice::NoticeWords::ALL,
        locked::Words::ALL,
        unlocked::Words::ALL,
        message::Words::ALL,
        subscription::Words::ALL,
    ];
    for words in all {
        assert_eq!(untranslated(words, &["sku"]), Vec::<&str>::new());
    }
}

#[test]
fn the_policy_allows_one_style_and_one_script_by_hash() {
    for (name, page) in sample::all(&Brand::default(), Language::En) {
        for part in ["style", "script"] {
            let hash =
                STANDARD.encode(Sha256::digest(between(&page.html, &format!("<{part}>"), &format!("</{part}>"))));
            assert!(page.csp.contains(&format!("{part}-src 'sha256-{hash}';")), "{name}");
            assert_eq!(page.html.matches(&format!("<{part}")).count(), 1, "{name}");
        }
        assert!(page.csp.starts_with("default-src 'none';") && page.csp.contains("form-action 'self'"), "{name}");
        assert!(!page.csp.contains("unsafe"), "{name}");
        let html = page.html.to_lowercase();
        assert!(!html.contains("<script ") && !html.contains(" style=") && !html.contains(" onclick"), "{name}");
    }
}

#[test]
fn the_policy_allows_the_vendors_logo() {
    let logo = Some(Logo::parse("https://cdn.acme.example/logo.svg").unwrap());
    let brand = Brand { logo, ..Brand::default() };
    let page = sample::locked(english(&brand), &sample::order([LineStatus::Locked; 2]), false, None);
    assert!(page.csp.contains("img-src data: https://cdn.acme.example;"));
    assert!(page.html.contains("<img class=\"logo\" src=\"https://cdn.acme.example/logo.svg\" alt=\"Imagicle\">"));
}

#[test]
fn the_script_marks_a_form_with_the_field_that_is_looked_for() {
    let mark = format!("formData.set(\"{}\", \"{}\")", page::form::SCRIPTED, page::form::YES);
    assert!(
        sample::locked(english(&Brand::default()), &sample::order([LineStatus::Locked; 2]), false, None)
            .html
            .contains(&mark)
    );
}

#[test]
fn looking_changes_nothing_and_pressing_names_the_button() {
    for (name, page) in sample::all(&Brand::default(), Language::En) {
        let forms: Vec<&str> = page.html.split("<form").skip(1).collect();
        for form in &forms {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains("method=\"post\""), "{name}");
            assert_eq!(form.matches("name=\"nonce\"").count(), 1, "{name}");
            assert_eq!(form.matches("<button").count(), 1, "{name}");
            assert!(form.contains("type=\"submit\" name=\"press\" value=\""), "{name}");
        }
    }
}

#[test]
fn confirmation_needs_a_box_that_nobody_ticked() {
    let brand = Brand::default();
    let order = sample::order([LineStatus::Locked; 2]);
    let asked = sample::locked(english(&brand), &order, true, None).html;
    assert!(asked.contains("<input type=\"checkbox\" name=\"confirmed\" value=\"yes\" required"));
    assert!(!asked.contains("checked"));
    assert!(!sample::locked(english(&brand), &order, false, None).html.contains("checkbox"));
}

#[test]
fn hostile_names_bring_no_markup_and_no_link() {
    let attack = Name::new("\"><script>alert(1)</script>\u{202e}https://evil.example/unlock/A");
    let mut order = sample::order([LineStatus::Locked; 2]);
    order.lines[0].product = attack.clone();
    order.lines[0].license_code = attack.clone();
    let order = OrderView { customer: attack.clone(), reseller: attack.clone(), number: attack, ..order };
    for language in LANGUAGES {
        let brand = Brand::default();
        let html = sample::locked(Look { brand: &brand, language }, &order, true, None).html;
        assert!(html.matches("<script").count() == 1 && !html.contains('\u{202e}') && !html.contains("evil.example"));
    }
}

#[test]
fn an_order_with_ended_lines_says_so() {
    let brand = Brand::default();
    let page = |statuses| sample::unlocked(english(&brand), &sample::order(statuses), Window::Over, vec![], None).html;
    let some = page([LineStatus::Unlocked, LineStatus::Ended]);
    assert!(some.contains("Your licenses are unlocked.") && some.contains("were not unlocked"));
    let none = page([LineStatus::Ended; 2]);
    assert!(none.contains("Nothing could be unlocked") && !none.contains("Manage licenses"));
    assert!(!page([LineStatus::Unlocked; 2]).contains("were not unlocked"));
}

#[test]
fn only_open_forwards_can_be_withdrawn() {
    let brand = Brand::default();
    let order = sample::order([LineStatus::Unlocked; 2]);
    let html = sample::unlocked(english(&brand), &order, Window::Full, sample::forwards(), None).html;
    assert_eq!(html.matches("value=\"withdraw\"").count(), 2, "the invited and the requested one");
    assert!(!html.contains("name=\"address\""), "no room for another one");
}

#[test]
fn each_refusal_has_a_sentence_of_its_own() {
    let refusals = [
        Refusal::ForwardWindowOver,
        Refusal::TooManyForwards(3),
        Refusal::ForwardsUsedUp(10),
        Refusal::TooManyOpenRequests(20),
        Refusal::AccountTooLarge,
        Refusal::ForwardNotOpen,
        Refusal::AlreadyMember,
        Refusal::TooManyMembers(100),
        Refusal::OrderLocked,
    ];
    for language in LANGUAGES {
        let mut sentences: Vec<String> = refusals.iter().map(|refusal| Notice::of(refusal).html(language)).collect();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), refusals.len());
    }
}

#[test]
fn text_has_contrast_in_light_and_dark() {
    for (ink, background) in [
        ("#5a6472", "#ffffff"),
        ("#5a6472", "#f2f4f6"),
        ("#5a6472", "#f6f7f9"),
        ("#17692f", "#e8f5ec"),
        ("#8f3a06", "#fdf1e8"),
        ("#a5afbc", "#1b212a"),
        ("#a5afbc", "#232b36"),
        ("#7fd49a", "#16301f"),
        ("#f5b183", "#36241a"),
    ] {
        assert!(include_str!("../../templates/style.css").contains(ink), "{ink} is of the style");
        let [ink, background] = [ink, background].map(|colour| Colour::parse(colour).unwrap());
        assert!(ink.contrast(background) >= 4.5, "{ink} on {background}");
    }
}
