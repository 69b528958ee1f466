use super::*;
use crate::fixture::*;
use crate::grant::{CareLevel, Grant};

/// Last day, what ends, and by server what it runs before and afterwards.
type Said = (String, What, Vec<(u32, u32, u32)>);

fn said(account: &Account, after: &str) -> Vec<Said> {
    let number = |loss: &Loss| loss.server.as_str()[1..].parse().unwrap();
    let losses = |ending: &Ending| ending.losses.iter().map(|loss| (number(loss), loss.before, loss.after)).collect();
    endings(account, at(after))
        .iter()
        .map(|ending| (ending.last_day.to_string(), ending.what, losses(ending)))
        .collect()
}

#[test]
fn a_term_ends_into_grace_and_servers_lose_when_the_grace_ends() {
    let fax = subscription("IP Fax server");
    let account = assigned(&account(&[of_2020(&fax, 10)]), &fax, &[(1, 4), (2, 6)], "2020-02-01");
    let grace_until = Some(at("2021-01-31T12:00:00Z"));
    let expected = [
        ("2020-12-31".to_owned(), What::Term { capacity: 10, start: day("2020-01-01"), grace_until }, vec![]),
        ("2021-01-30".to_owned(), What::Served { capacity: 10 }, vec![(1, 4, 0), (2, 6, 0)]),
    ];
    assert_eq!(said(&account, "2020-02-01"), expected);
    assert_eq!(said(&account, "2021-01-05"), expected[1..]);
    assert!(said(&account, "2021-02-01").is_empty());
}

#[test]
fn a_renewal_heals_and_a_smaller_one_takes_from_the_latest_on_a_known_day() {
    let fax = subscription("IP Fax server");
    let renewed = |capacity| {
        let terms = vec![term(10, "2020-01-01", "2020-12-31"), term(capacity, "2021-01-01", "2021-12-31")];
        let account = assigned(&account(&[of_2020(&fax, 10)]), &fax, &[(1, 4), (2, 6)], "2020-02-01");
        let mut after = account.clone();
        after.pools[0].grants[0].terms = terms;
        said(&after, "2020-11-01")
    };
    assert_eq!(renewed(10)[0].0, "2021-12-31");
    let what = What::Term { capacity: 3, start: day("2020-01-01"), grace_until: None };
    assert_eq!(renewed(7)[0], ("2020-12-31".to_owned(), what, vec![(2, 6, 3)]));
}

#[test]
fn care_ends_only_where_capacity_goes_on() {
    let fax = perpetual("IP Fax server");
    let gold = |start, end| care(CareLevel::Gold, start, end);
    let one = account(&[unlimited(&fax, 5, vec![gold("2020-01-01", "2020-12-31")])]);
    let what = What::Care { level: CareLevel::Gold, start: day("2020-01-01"), capacity: 5 };
    assert_eq!(said(&one, "2020-06-01"), [("2020-12-31".to_owned(), what, vec![])]);
    let renewed = vec![gold("2020-01-01", "2020-12-31"), gold("2021-01-01", "2021-12-31")];
    assert_eq!(said(&account(&[unlimited(&fax, 5, renewed)]), "2020-06-01")[0].0, "2021-12-31");
    let with_term = subscription("IP Fax server");
    let ends_too = Grant { care: vec![gold("2020-01-01", "2020-12-31")], ..of_2020(&with_term, 5) };
    assert_eq!(said(&account(&[ends_too]), "2020-06-01").len(), 1);
}
