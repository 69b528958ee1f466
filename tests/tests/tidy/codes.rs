//! Cognito mails a code in two texts: one when somebody signs up, one when they sign in. Both are the same here.

use serde_json::Value;

use crate::template::Template;
use crate::workspace;

/// What Cognito replaces by the code.
const PLACE_OF_THE_CODE: &str = "{####}";

#[test]
fn every_mail_of_a_code_says_the_same_in_both_languages() {
    let sign_in: Value = serde_json::from_str(&workspace::read("infra/sign-in-code.json")).expect("it is JSON");
    let template = Template::read();
    let sign_up = &template.properties("UserPool")["VerificationMessageTemplate"];
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let (subject, message) = (text(&sign_in["Subject"]), text(&sign_in["Message"]));
    assert_eq!(sign_up["EmailSubject"].as_str(), Some(subject.as_str()));
    assert_eq!(sign_up["EmailMessage"].as_str(), Some(message.as_str()));

    let languages: Vec<&str> = message.split("<br><br>").collect();
    assert_eq!(languages.len(), 2, "English, then Italian: {message}");
    for (language, word) in languages.iter().zip(["code", "codice"]) {
        assert_eq!(language.matches(PLACE_OF_THE_CODE).count(), 1, "{language}");
        assert!(language.contains(word) && subject.contains(word), "{language}");
    }
}
