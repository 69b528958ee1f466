//! Whoever deploys is told what each parameter is, and a wrong value before anything is made.

use crate::template::Template;

#[test]
fn every_parameter_says_what_it_is_and_which_values_it_takes() {
    let template = Template::read();
    let mut names = Vec::new();
    for (name, parameter) in template.parameters() {
        let sentence = parameter["Description"].as_str().unwrap_or_default().trim();
        assert!(sentence.len() > 20 && sentence.ends_with('.'), "{name} says: {sentence:?}");
        let limits = ["AllowedPattern", "AllowedValues", "MinValue"];
        assert!(limits.iter().any(|limit| !parameter[*limit].is_null()), "{name} takes anything");
        names.push(name);
    }
    assert!(names.len() > 10, "the parameters have moved: {names:?}");
}
